import type { WebhookStanding } from "../../shared/api/webhooks.ts";
import { AppError } from "../../shared/app-error.ts";
import { needsSecret } from "../../shared/event/needs-secret.ts";
import type { Vault } from "../connections/vault.ts";
import { readConnector } from "../connectors/connector-rows.ts";
import { type Clock, randomName } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { type ChosenSecret, openSecrets, rotate } from "./rotate-secret.ts";
import { definitionSecretsPlace } from "./secret-places.ts";
import { generateSecret } from "./set-hook.ts";
import { secretProblem } from "./verify/compile-recipe.ts";

type Deps = { sql: Sql; vault: Vault; clock: Clock; publicUrl: string };
type Asked = { workspace: string; key: string; webhook: string };
type SecretRow = { secrets: string; setAt: number; revision: number };

/** What a connector's incoming webhooks have beside their description. Throws `not_found`. */
export async function webhookStandings(
  { sql, publicUrl }: Deps,
  { workspace, key }: { workspace: string; key: string },
): Promise<{ vouched: boolean; webhooks: WebhookStanding[] }> {
  const { id, origin, document } = await readConnector(sql, workspace, key);
  const secrets = await sql.read<{ webhook: string; setAt: number }>(
    `SELECT webhook, secret_set_at AS "setAt" FROM webhook_secrets WHERE workspace_id = $1 AND connector_id = $2`,
    [workspace, id],
  );
  const urls = await sql.read<{ webhook: string; id: string }>(
    `SELECT webhook, id FROM global_hooks WHERE workspace_id = $1 AND connector_id = $2`,
    [workspace, id],
  );
  return {
    vouched: origin === "built-in" || (await isVouchedFor(sql, id)),
    webhooks: document.incomingWebhooks.map(({ key: webhook }) => {
      const url = urls.find((each) => each.webhook === webhook);
      return {
        webhook,
        secretSetAt: secrets.find((each) => each.webhook === webhook)?.setAt ?? null,
        globalUrl: url ? `${publicUrl}/hooks/${url.id}` : null,
      };
    }),
  };
}

/**
 * Sets the one secret of all subscriptions of an incoming webhook; `secret` in the answer is what was generated just now. Throws
 * `not_found`, `bad_request` when the recipe cannot use it, `conflict`.
 */
export async function setWebhookSecret(
  deps: Deps,
  asked: Asked,
  { secret: chosen, overlapMs }: { secret: ChosenSecret; overlapMs: number },
): Promise<{ secret: string | null; setAt: number }> {
  const { sql, vault, clock } = deps;
  const { workspace, webhook } = asked;
  const { id, definition } = await findWebhook(sql, asked);
  if (!needsSecret(definition.recipe)) throw new AppError("bad_request", "secret: this webhook is verified without one");
  const [row] = await sql.read<SecretRow>(
    `SELECT secrets, secret_set_at AS "setAt", revision FROM webhook_secrets
     WHERE workspace_id = $1 AND connector_id = $2 AND webhook = $3`,
    [workspace, id, webhook],
  );
  if (chosen === "keep") {
    if (!row) throw new AppError("bad_request", "secret: there is none yet that could be kept");
    return { secret: null, setAt: row.setAt };
  }
  const generated = chosen === "generate" ? generateSecret(definition.recipe) : null;
  const secret = generated ?? (typeof chosen === "object" ? chosen.given : "");
  const problem = secretProblem(definition.recipe, secret);
  if (problem) throw new AppError("bad_request", `secret: ${problem}`);
  const now = clock();
  const place = definitionSecretsPlace(workspace, id, webhook);
  const secrets = rotate(await openSecrets(vault, place, row?.secrets ?? null), { secret, overlapMs, now });
  const sealed = await vault.seal(place, JSON.stringify(secrets));
  const stored = await sql.commit([secretStatement({ workspace, id, webhook, sealed, now, row })]);
  if (stored.outcome !== "committed") throw new AppError("conflict", "the secret was set at the same time: try again");
  return { secret: generated, setAt: now };
}

type ToStore = { workspace: string; id: string; webhook: string; sealed: string; now: number; row: SecretRow | undefined };

function secretStatement({ workspace, id, webhook, sealed, now, row }: ToStore): Statement {
  if (!row)
    return {
      text: `INSERT INTO webhook_secrets (workspace_id, connector_id, webhook, secrets, secret_set_at, revision) VALUES ($1, $2, $3, $4, $5, 1)`,
      params: [workspace, id, webhook, sealed, now],
    };
  return {
    text: `UPDATE webhook_secrets SET secrets = $1, secret_set_at = $2, revision = revision + 1
           WHERE workspace_id = $3 AND connector_id = $4 AND webhook = $5 AND revision = $6`,
    params: [sealed, now, workspace, id, webhook, row.revision],
    expectRows: 1,
  };
}

/** Throws `not_found`. */
export async function vouchFor(
  sql: Sql,
  { workspace, key }: { workspace: string; key: string },
  vouched: boolean,
): Promise<void> {
  const { id } = await readConnector(sql, workspace, key);
  await sql.commit([{ text: `UPDATE connectors SET vouched_for = $1 WHERE id = $2`, params: [vouched ? 1 : 0, id] }]);
}

/**
 * Makes the one URL for all events of an incoming webhook, or gives the one that there is; it follows the installed version of the
 * connector, and there is nothing behind it before one is installed. Throws `not_found`, `bad_request` for another kind, `forbidden` when nobody vouches for the connector, `conflict`.
 */
export async function makeGlobalHook({ sql, clock, publicUrl }: Deps, asked: Asked): Promise<string> {
  const { workspace, webhook } = asked;
  const { id, origin, definition } = await findWebhook(sql, asked);
  if (definition.kind !== "global")
    throw new AppError("bad_request", `"${definition.name}" is no webhook with a single global URL`);
  if (origin !== "built-in" && !(await isVouchedFor(sql, id)))
    throw new AppError("forbidden", "only connectors that an administrator vouches for may have a single global URL");
  const [known] = await sql.read<{ id: string }>(
    `SELECT id FROM global_hooks WHERE workspace_id = $1 AND connector_id = $2 AND webhook = $3`,
    [workspace, id, webhook],
  );
  if (known) return `${publicUrl}/hooks/${known.id}`;
  const hook = randomName("hook");
  const made = {
    text: `INSERT INTO global_hooks (id, workspace_id, connector_id, webhook, created_at) VALUES ($1, $2, $3, $4, $5)`,
    params: [hook, workspace, id, webhook, clock()],
  };
  if ((await sql.commit([made])).outcome !== "committed")
    throw new AppError("conflict", "the URL was made at the same time: look at it again");
  return `${publicUrl}/hooks/${hook}`;
}

async function findWebhook(sql: Sql, { workspace, key, webhook }: Asked) {
  const { id, origin, document } = await readConnector(sql, workspace, key);
  const definition = document.incomingWebhooks.find((each) => each.key === webhook);
  if (!definition) throw new AppError("not_found", `the connector has no incoming webhook "${webhook}"`);
  return { id, origin, definition };
}

async function isVouchedFor(sql: Sql, connector: string): Promise<boolean> {
  const [row] = await sql.read<{ vouched: number }>(`SELECT vouched_for AS vouched FROM connectors WHERE id = $1`, [connector]);
  return Number(row?.vouched ?? 0) === 1;
}
