import { AppError } from "../../shared/app-error.ts";
import { Connector } from "../../shared/connector/connector.ts";
import type { EventFilter } from "../../shared/connector/trigger.ts";
import type { ChallengeRecipe } from "../../shared/event/challenge-recipe.ts";
import { needsSecret } from "../../shared/event/needs-secret.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { HookAnswer, type SubscriptionState } from "../../shared/event/subscription.ts";
import type { Json } from "../../shared/json.ts";
import type { Vault } from "../connections/vault.ts";
import type { Sql } from "../store/sql.ts";
import { type CompiledChallenge, compileChallenge } from "./challenge/compile-challenge.ts";
import { openSecrets } from "./rotate-secret.ts";
import { definitionSecretsPlace, hookSecretsPlace, verifyTokenPlace } from "./secret-places.ts";
import { type CompiledRecipe, compileRecipe } from "./verify/compile-recipe.ts";
import type { SigningSecret } from "./verify/delivery.ts";

export type HookKind = "static" | "resthook" | "global" | "api";

/** What a hook's row says and rarely changes. `compiled` null: it has no secret yet, so nothing can be verified. */
type Settings = {
  node: string;
  recipe: SignatureRecipe;
  answer: HookAnswer;
  filters: EventFilter[];
  /** Values of the trigger's form. */
  inputs: Record<string, Json>;
  challenges: CompiledChallenge[];
  /** Of a global URL: where an event names its subscription. */
  routing: string | null;
  compiled: CompiledRecipe | null;
  /** In plain text: never logged or answered. */
  secrets: SigningSecret[];
  verifyToken: string | null;
};

/** A hook URL ready to take deliveries. */
export type LoadedHook = Settings & {
  id: string;
  workspace: string;
  kind: HookKind;
  state: SubscriptionState;
  /** Nobody wants its events any more: a late delivery is told so. */
  gone: boolean;
  /** Null for a global URL, and for what is left of a hook whose flow was deleted. */
  flow: { id: string; name: string } | null;
  paused: boolean;
  /** The published version, in the same row that says which flow the hook belongs to; null before the first publication. */
  version: string | null;
};
export type LoadHook = (id: string) => Promise<LoadedHook | null>;

type Row = {
  workspace: string;
  kind: HookKind;
  state: SubscriptionState;
  wanted: string;
  flow: string | null;
  flowName: string | null;
  flowState: string | null;
  version: string | null;
  revision: number | string;
  secretRevision: number | null;
};

/** One row says everything that may change from one delivery to the next, so that no two parts of it can disagree. */
const selectHook = `SELECT h.workspace_id AS workspace, h.kind, h.state, h.wanted, f.id AS flow, f.name AS "flowName", f.state AS "flowState",
    f.published_version_id AS version, h.revision, s.revision AS "secretRevision"
  FROM hooks h LEFT JOIN flows f ON f.id = h.flow_id
  LEFT JOIN webhook_secrets s ON h.secret_from = 'definition' AND s.workspace_id = h.workspace_id
    AND s.connector_id = h.connector_id AND s.webhook = h.webhook
  WHERE h.id = $1`;
/** A global URL follows the installed version of its connector: what that says counts from the commit that installs it. */
const selectGlobal = `SELECT g.workspace_id AS workspace, 'global' AS kind, 'active' AS state, 'on' AS wanted, NULL AS flow, NULL AS "flowName",
    NULL AS "flowState", NULL AS version, i.version_id AS revision, s.revision AS "secretRevision"
  FROM global_hooks g JOIN installations i ON i.connector_id = g.connector_id AND i.workspace_id = g.workspace_id
  LEFT JOIN webhook_secrets s ON s.workspace_id = g.workspace_id AND s.connector_id = g.connector_id AND s.webhook = g.webhook
  WHERE g.id = $1`;

/**
 * Reads a hook's row at most once in a turn of the event loop, so that a new secret or version counts at once and a burst costs
 * one read; parses and decrypts only a new revision.
 */
export function createLoadHook({ sql, vault }: { sql: Sql; vault: Vault }): LoadHook {
  const opened = new Map<string, { revision: string; settings: Settings | null }>();
  let thisTurn = new Map<string, Promise<LoadedHook | null>>();

  async function read(id: string): Promise<LoadedHook | null> {
    const [own] = await sql.read<Row>(selectHook, [id]);
    const [row] = own ? [own] : await sql.read<Row>(selectGlobal, [id]);
    if (!row) {
      opened.delete(id);
      return null;
    }
    const revision = `${row.revision} ${row.secretRevision}`;
    let known = opened.get(id);
    if (known?.revision !== revision) {
      const settings = await (own ? openHook : openGlobal)(sql, vault, { id, workspace: row.workspace });
      known = { revision, settings };
      opened.set(id, known);
    }
    if (!known.settings) return null;
    const { workspace, kind, state, version, flow, flowName } = row;
    return {
      ...known.settings,
      id,
      workspace,
      kind,
      state,
      version,
      gone: state === "deleted" || row.wanted === "off" || (flow === null && kind !== "global"),
      paused: row.flowState === "paused",
      flow: flow === null ? null : { id: flow, name: flowName ?? "" },
    };
  }

  return (id) => {
    if (thisTurn.size === 0)
      setImmediate(() => {
        // A new one, not cleared: V8 chains the tables of a map that is cleared over and over.
        thisTurn = new Map();
      });
    const reading = thisTurn.get(id) ?? read(id);
    thisTurn.set(id, reading);
    return reading;
  };
}

type Place = { id: string; workspace: string };
type Details = {
  node: string;
  recipe: string;
  answer: string;
  filters: string;
  inputs: string;
  challenges: string;
  secretFrom: string;
  secrets: string | null;
  connector: string | null;
  webhook: string | null;
  shared: string | null;
  verifyToken: string | null;
};

async function openHook(sql: Sql, vault: Vault, { id, workspace }: Place): Promise<Settings> {
  const [row] = await sql.read<Details>(
    `SELECT h.node, h.recipe, h.answer, h.filters, h.inputs, h.challenges, h.secret_from AS "secretFrom", h.secrets,
       h.connector_id AS connector, h.webhook, s.secrets AS shared, h.verify_token AS "verifyToken"
     FROM hooks h LEFT JOIN webhook_secrets s ON s.workspace_id = h.workspace_id AND s.connector_id = h.connector_id
       AND s.webhook = h.webhook
     WHERE h.id = $1`,
    [id],
  );
  if (!row) throw new AppError("not_found", `there is no hook ${id}`);
  const definition = row.secretFrom === "definition";
  const place = definition
    ? definitionSecretsPlace(workspace, row.connector ?? "", row.webhook ?? "")
    : hookSecretsPlace(workspace, id);
  const token = row.verifyToken === null ? null : await vault.open(verifyTokenPlace(workspace, id), row.verifyToken);
  return settingsOf({
    node: row.node,
    recipe: SignatureRecipe.parse(JSON.parse(row.recipe)),
    answer: HookAnswer.parse(JSON.parse(row.answer)),
    filters: JSON.parse(row.filters),
    inputs: JSON.parse(row.inputs),
    challenges: JSON.parse(row.challenges) as ChallengeRecipe[],
    routing: null,
    secrets: await openSecrets(vault, place, definition ? row.shared : row.secrets),
    verifyToken: token,
  });
}

/** Null when the connector has no such webhook any more. */
async function openGlobal(sql: Sql, vault: Vault, { id, workspace }: Place): Promise<Settings | null> {
  const [row] = await sql.read<{ document: string; connector: string; webhook: string; secrets: string | null }>(
    `SELECT v.document, g.connector_id AS connector, g.webhook, s.secrets
     FROM global_hooks g JOIN installations i ON i.connector_id = g.connector_id AND i.workspace_id = g.workspace_id
     JOIN connector_versions v ON v.id = i.version_id
     LEFT JOIN webhook_secrets s ON s.workspace_id = g.workspace_id AND s.connector_id = g.connector_id
       AND s.webhook = g.webhook
     WHERE g.id = $1`,
    [id],
  );
  if (!row) return null;
  const definition = Connector.parse(JSON.parse(row.document)).incomingWebhooks.find(({ key }) => key === row.webhook);
  if (!definition?.routing) return null;
  const { recipe, answer, challenges, routing } = definition;
  const place = definitionSecretsPlace(workspace, row.connector, row.webhook);
  return settingsOf({
    node: "",
    recipe,
    answer: answer ?? HookAnswer.parse({}),
    filters: [],
    inputs: {},
    challenges,
    routing: routing.path,
    secrets: await openSecrets(vault, place, row.secrets),
    verifyToken: null,
  });
}

type Opened = Omit<Settings, "compiled" | "challenges"> & { challenges: ChallengeRecipe[] };

function settingsOf({ challenges, ...hook }: Opened): Settings {
  const usable = hook.secrets.length > 0 || !needsSecret(hook.recipe);
  return {
    ...hook,
    challenges: challenges.map(compileChallenge),
    compiled: usable ? compileRecipe(hook.recipe, hook.secrets) : null,
  };
}
