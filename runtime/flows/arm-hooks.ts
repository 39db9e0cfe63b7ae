import type { IncomingWebhook } from "../../shared/connector/incoming-webhook.ts";
import type { EventFilter } from "../../shared/connector/trigger.ts";
import { triggerInputs } from "../../shared/connector/trigger-inputs.ts";
import { HookAnswer } from "../../shared/event/subscription.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { AppTriggerNode } from "../../shared/flow/node.ts";
import type { FlowProblem } from "../../shared/flow/validate-flow.ts";
import type { Json } from "../../shared/json.ts";
import type { PinnedConnectors } from "../connectors/publish-connector.ts";
import { randomName } from "../ids.ts";
import type { Sql, SqlValue, Statement } from "../store/sql.ts";
import { triggerOf } from "./poll-source.ts";

type ToArm = { workspace: string; flow: string; document: Flow; connectors: PinnedConnectors; now: number };
type Armed = { problems: FlowProblem[]; statements: Statement[] };
type Row = {
  id: string;
  node: string;
  kind: string;
  connector: string | null;
  webhook: string | null;
  connection: string | null;
  inputs: string;
  wanted: string;
  state: string;
  hasSecret: number;
};

/** To be committed with a flow's version: what its hook URLs and subscriptions are for, as that says. */
export async function armHooks(sql: Sql, arm: ToArm): Promise<Armed> {
  const rows = await sql.read<Row>(
    `SELECT id, node, kind, connector_id AS connector, webhook, connection_id AS connection, inputs, wanted, state,
       CASE WHEN secrets IS NULL THEN 0 ELSE 1 END AS "hasSecret"
     FROM hooks WHERE flow_id = $1`,
    [arm.flow],
  );
  const byNode = new Map(rows.map((row) => [row.node, row]));
  const armed: Armed = { problems: [], statements: [] };
  const kept = new Set<string>();
  for (const node of arm.document.nodes) {
    const row = byNode.get(node.id);
    if (node.kind === "webhook-trigger" || node.kind === "api-trigger") {
      kept.add(node.id);
      const kind = node.kind === "api-trigger" ? "api" : "static";
      if (row?.kind === kind && row.webhook === null && Number(row.hasSecret) === 1) continue;
      if (row?.kind === kind && row.webhook === null && kind === "static" && (await provesByUrl(sql, row.id))) continue;
      const what = node.kind === "api-trigger" ? "Set up the API call" : "Set up the webhook";
      armed.problems.push(missing(node.id, `${what}: it has no ${row?.kind === kind ? "secret" : "URL"} yet`));
    }
    if (node.kind === "app-trigger" && triggerOf(node, arm.connectors.documents)?.source.kind === "webhook") {
      kept.add(node.id);
      const own = await armApp(sql, arm, { node, row });
      armed.problems.push(...own.problems);
      armed.statements.push(...own.statements);
    }
  }
  armed.statements.push(...rows.flatMap((row) => (kept.has(row.node) ? [] : letGo(row, arm.now))));
  return armed;
}

/** A subscription at a provider is ended there. URLs that people have copied go on storing what comes, without a run. */
function letGo({ id, kind }: Row, now: number): Statement[] {
  if (kind === "global") return [{ text: `DELETE FROM hooks WHERE id = $1`, params: [id] }];
  if (kind !== "resthook") return [];
  return [
    {
      text: `UPDATE hooks SET wanted = 'off', next_at = $1, revision = revision + 1 WHERE id = $2 AND wanted = 'on'`,
      params: [now, id],
    },
  ];
}

/** All of a flow's subscriptions end, e.g. since it is not published any more; its other URLs go on storing what comes. */
export function endSubscriptions(flow: string, now: number): Statement {
  return {
    text: `UPDATE hooks SET wanted = 'off', next_at = $1, revision = revision + 1 WHERE flow_id = $2 AND kind = 'resthook' AND wanted = 'on'`,
    params: [now, flow],
  };
}

type AppHook = { node: AppTriggerNode; row: Row | undefined };

async function armApp(sql: Sql, arm: ToArm, { node, row }: AppHook): Promise<Armed> {
  const { documents, rows } = arm.connectors;
  const pinned = rows.get(node.connector);
  const trigger = triggerOf(node, documents);
  if (!pinned || !trigger || trigger.source.kind !== "webhook") return { problems: [], statements: [] };
  const { webhook: key, filters } = trigger.source;
  const webhook = documents.get(node.connector)?.incomingWebhooks.find((each) => each.key === key);
  if (!webhook) return only(missing(node.id, `"${trigger.name}" needs the incoming webhook "${key}", which its connector lacks`));
  const shared = webhook.secretOrigin === "definition";
  if (shared && webhook.recipe.kind !== "url-secret" && !(await hasSharedSecret(sql, arm.workspace, pinned.connector, key)))
    return only(missing(node.id, `"${webhook.name}" has no secret yet: set it on the connector's incoming webhook`));
  const inputs = triggerInputs(trigger, node.inputs);
  const settings: Settings = { connector: pinned.connector, version: pinned.version, webhook, filters, inputs, node };
  switch (webhook.kind) {
    case "static":
      return armStatic(settings, row);
    case "global":
      return armGlobal(sql, arm, settings, row);
    case "resthook":
      return armRestHook(arm, settings, row);
  }
}

export type Settings = {
  connector: string;
  version: string;
  webhook: IncomingWebhook;
  filters: EventFilter[];
  inputs: Record<string, Json>;
  node: AppTriggerNode;
};

/** A person has copied its URL to the provider, so it must be there already. */
function armStatic(settings: Settings, row: Row | undefined): Armed {
  const { node, webhook } = settings;
  const same = row?.kind === "static" && row.connector === settings.connector && row.webhook === webhook.key;
  if (!row || !same) return only(missing(node.id, `Set up "${webhook.name}": it has no URL yet`));
  const needed = webhook.secretOrigin === "generated" || webhook.secretOrigin === "given";
  if (needed && webhook.recipe.kind !== "url-secret" && Number(row.hasSecret) !== 1)
    return only(missing(node.id, `Set up "${webhook.name}": it has no secret yet`));
  return {
    problems: [],
    statements: [updateHook(row.id, { ...hookColumns(settings), kind: "static", wanted: "on", state: "active" })],
  };
}

async function armGlobal(sql: Sql, arm: ToArm, settings: Settings, row: Row | undefined): Promise<Armed> {
  const { connector, webhook, inputs, node } = settings;
  const [global] = await sql.read<{ id: string }>(
    `SELECT id FROM global_hooks WHERE workspace_id = $1 AND connector_id = $2 AND webhook = $3`,
    [arm.workspace, connector, webhook.key],
  );
  if (!global) return only(missing(node.id, `"${webhook.name}" has no URL yet: make it on the connector's incoming webhook`));
  const { input = "" } = webhook.routing ?? {};
  const route = inputs[input] ?? "";
  if (route === "")
    return only(missing(node.id, `Fill in "${input}": it says which events of "${webhook.name}" are this flow's`));
  const columns = {
    ...hookColumns(settings),
    kind: "global",
    route_value: typeof route === "string" ? route : JSON.stringify(route),
    global_hook_id: global.id,
    wanted: "on",
    state: "active",
  };
  const { kept, aside } = keepOrSetAside(arm, row, row?.kind === "global" && isSameWebhook(row, settings));
  return { problems: [], statements: [...aside, ...writeHook(arm, node.id, columns, kept)] };
}

/** The provider is asked to subscribe afterwards, or told of what changed, by whoever looks after subscriptions. */
function armRestHook(arm: ToArm, settings: Settings, row: Row | undefined): Armed {
  const { kept, aside } = keepOrSetAside(arm, row, row?.kind === "resthook" && endsWhereItBegan(row, settings));
  const ended = kept === undefined || kept.wanted === "off" || kept.state === "failed";
  const columns = {
    ...hookColumns(settings),
    kind: "resthook",
    wanted: "on",
    ...(ended && { state: "pending", reason: null, attempts: 0 }),
    next_at: arm.now,
  };
  return { problems: [], statements: [...aside, ...writeHook(arm, settings.node.id, columns, kept)] };
}

/**
 * A row that cannot go on as it is makes room for a new one: a secret that one provider knows is told to no other, and what is live at
 * a provider is ended there.
 */
function keepOrSetAside(arm: ToArm, row: Row | undefined, keeps: boolean): { kept: Row | undefined; aside: Statement[] } {
  if (!row || keeps) return { kept: row, aside: [] };
  return { kept: undefined, aside: [...letGo(row, arm.now), setAside(row.id)] };
}

/** To be committed: a hook leaves its node to another. What still comes to its URL is stored, or told that it is gone. */
export function setAside(id: string): Statement {
  return { text: `UPDATE hooks SET node = id WHERE id = $1`, params: [id] };
}

function isSameWebhook(row: Row, { connector, webhook }: Settings): boolean {
  return row.connector === connector && row.webhook === webhook.key;
}

/** The provider's id of a subscription means something only to the account, and at the place, that it was made with. */
function endsWhereItBegan(row: Row, settings: Settings): boolean {
  const { node, inputs, webhook } = settings;
  if (!isSameWebhook(row, settings) || row.connection !== node.connection) return false;
  const { unsubscribe, renew, list } = webhook.resthook ?? {};
  const placed = JSON.stringify([unsubscribe?.inputs, renew?.inputs, list?.inputs]).includes("inputs.");
  return !placed || JSON.stringify(JSON.parse(row.inputs)) === JSON.stringify(inputs);
}

/** What a hook's row takes from the connector and from the trigger's node. */
export function hookColumns({ connector, version, webhook, filters, inputs, node }: Settings): Record<string, SqlValue> {
  return {
    connector_id: connector,
    connector_version_id: version,
    webhook: webhook.key,
    connection_id: node.connection,
    inputs: JSON.stringify(inputs),
    recipe: JSON.stringify(webhook.recipe),
    challenges: JSON.stringify(webhook.challenges),
    answer: JSON.stringify(webhook.answer ?? HookAnswer.parse({})),
    filters: JSON.stringify(filters),
    secret_from: webhook.secretOrigin === "definition" ? "definition" : "own",
  };
}

function writeHook(arm: ToArm, node: string, columns: Record<string, SqlValue>, row: Row | undefined): Statement[] {
  if (row) return [updateHook(row.id, columns)];
  const all = {
    id: randomName("hook"),
    workspace_id: arm.workspace,
    flow_id: arm.flow,
    node,
    revision: 1,
    created_at: arm.now,
    ...columns,
  };
  const names = Object.keys(all);
  const text = `INSERT INTO hooks (${names.join(", ")}) VALUES (${names.map((_, index) => `$${index + 1}`).join(", ")})`;
  return [{ text, params: Object.values(all) }];
}

function updateHook(id: string, columns: Record<string, SqlValue>): Statement {
  const names = Object.keys(columns);
  const text = `UPDATE hooks SET ${names.map((name, index) => `${name} = $${index + 1}`).join(", ")}, revision = revision + 1
    WHERE id = $${names.length + 1}`;
  return { text, params: [...Object.values(columns), id] };
}

async function hasSharedSecret(sql: Sql, workspace: string, connector: string, webhook: string): Promise<boolean> {
  const rows = await sql.read(`SELECT 1 FROM webhook_secrets WHERE workspace_id = $1 AND connector_id = $2 AND webhook = $3`, [
    workspace,
    connector,
    webhook,
  ]);
  return rows.length > 0;
}

/** Its URL is its secret. */
async function provesByUrl(sql: Sql, hook: string): Promise<boolean> {
  const [row] = await sql.read<{ recipe: string }>(`SELECT recipe FROM hooks WHERE id = $1`, [hook]);
  return row !== undefined && (JSON.parse(row.recipe) as { kind?: string }).kind === "url-secret";
}

function missing(node: string, message: string): FlowProblem {
  return { node, field: null, code: "missing_hook", message, severity: "error" };
}

function only(problem: FlowProblem): Armed {
  return { problems: [problem], statements: [] };
}
