import { AppError } from "../../shared/app-error.ts";
import { applyConnectorEdit } from "../../shared/connector/apply-connector-edit.ts";
import type { ConnectorEdit } from "../../shared/connector/connector.ts";
import type { Clock } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { readConnector, type StoredConnector } from "./connector-rows.ts";
import { readFlowUses } from "./flow-uses.ts";
import { unknownLogoProblem } from "./logos.ts";

type Deps = { sql: Sql; clock: Clock; allowedHttpHosts: string[] };
const maxCharacters = 8 * 1024 * 1024;

/** Applies one edit to the draft at `base`; gives the new revision. Throws `conflict`, `invalid_document`, `forbidden`, `not_found`. */
export async function saveConnector(
  deps: Deps,
  { workspace, key, base, edit }: { workspace: string; key: string; base: number; edit: ConnectorEdit },
): Promise<number> {
  const { sql, clock } = deps;
  const connector = await readConnector(sql, workspace, key);
  requireCustom(connector);
  if (connector.revision !== base) throw stale(connector);
  const { logo } = edit.edit === "basics" ? edit : {};
  const unknown = logo ? await unknownLogoProblem(sql, workspace, logo) : null;
  if (unknown !== null) throw invalid("edit.logo", unknown);
  const vouchedFor = edit.edit === "webhook" && (await isVouchedFor(sql, connector.id));
  const edited = applyConnectorEdit(connector.document, edit, { ...deps, vouchedFor });
  if (edited.outcome === "refused") throw invalid(`edit.${edited.field}`, edited.message);
  const text = JSON.stringify(edited.draft);
  if (text.length > maxCharacters) throw invalid("edit", "the connector would be larger than 8 MB: cut samples or schemas");
  const revision = base + 1;
  const stored = await sql.commit([
    {
      text: `UPDATE connectors SET draft = $1, draft_revision = $2, updated_at = $3 WHERE id = $4 AND draft_revision = $5`,
      params: [text, revision, clock(), connector.id, base],
      expectRows: 1,
    },
    ...testsFollowing(connector.id, edit),
  ]);
  if (stored.outcome !== "committed") throw stale(await readConnector(sql, workspace, key));
  return revision;
}

/** Does an administrator let the connector have global webhook URLs? */
async function isVouchedFor(sql: Sql, connector: string): Promise<boolean> {
  const [row] = await sql.read<{ vouchedFor: number }>(`SELECT vouched_for AS "vouchedFor" FROM connectors WHERE id = $1`, [
    connector,
  ]);
  return Number(row?.vouchedFor ?? 0) === 1;
}

/** Deletes a connector that nothing uses; its frozen versions stay with the runs that used them. */
export async function deleteConnector(
  { sql }: { sql: Sql },
  { workspace, key }: { workspace: string; key: string },
): Promise<void> {
  const connector = await readConnector(sql, workspace, key);
  requireCustom(connector);
  const flows = (await readFlowUses(sql, workspace)).filter(
    ({ published, draft }) => published?.connectors.has(key) || draft?.connectors.has(key),
  );
  const connections = await sql.read<{ name: string }>(`SELECT name FROM connections WHERE connector_id = $1 ORDER BY name`, [
    connector.id,
  ]);
  const users = [...flows.map(({ name }) => `the flow "${name}"`), ...connections.map(({ name }) => `the connection "${name}"`)];
  const name = connector.document.name;
  if (users.length > 0)
    throw new AppError(
      "conflict",
      `"${name}" is used by ${users.slice(0, 5).join(", ")}${users.length > 5 ? ` and ${users.length - 5} more` : ""}`,
    );
  const stored = await sql.commit([
    {
      // What was looked at above may have changed since.
      text: `DELETE FROM connectors WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM connections WHERE connector_id = $1)
        AND NOT EXISTS (SELECT 1 FROM flows f LEFT JOIN flow_versions v ON v.id = f.published_version_id
          WHERE f.workspace_id = $2 AND (v.document LIKE $3 OR f.draft LIKE $3 OR v.document LIKE $4 OR f.draft LIKE $4))
        AND NOT EXISTS (SELECT 1 FROM hooks WHERE connector_id = $1 AND kind = 'resthook' AND state <> 'deleted')`,
      params: [connector.id, workspace, `%"kind":"call","connector":"${key}",%`, `%"kind":"app-trigger","connector":"${key}",%`],
      expectRows: 1,
    },
    { text: `DELETE FROM endpoint_tests WHERE connector_id = $1`, params: [connector.id] },
    { text: `DELETE FROM endpoint_samples WHERE connector_id = $1`, params: [connector.id] },
    { text: `DELETE FROM installations WHERE connector_id = $1`, params: [connector.id] },
    { text: `DELETE FROM submissions WHERE connector_id = $1`, params: [connector.id] },
    { text: `DELETE FROM webhook_secrets WHERE connector_id = $1`, params: [connector.id] },
    { text: `DELETE FROM global_hooks WHERE connector_id = $1`, params: [connector.id] },
  ]);
  if (stored.outcome !== "committed") throw new AppError("conflict", `"${name}" is used since a moment ago: look at it again`);
}

function requireCustom({ origin, document }: StoredConnector): void {
  if (origin === "built-in") throw new AppError("forbidden", `"${document.name}" is built in: it cannot be changed`);
}

function stale({ revision }: StoredConnector): AppError {
  return new AppError("conflict", "the connector was changed meanwhile: load it again", { details: { revision } });
}

function invalid(field: string, message: string): AppError {
  return new AppError("invalid_document", `${field}: ${message}`, { details: { issues: [{ field, message }] } });
}

/** The last test and the samples go along with an endpoint's key, and go with it. */
function testsFollowing(connector: string, edit: ConnectorEdit): Statement[] {
  if (edit.edit === "remove-endpoint") return forgetting(connector, edit.endpoint);
  if (edit.edit !== "endpoint" || edit.replaces === null || edit.replaces === edit.endpoint.key) return [];
  const { replaces, endpoint } = edit;
  return [
    // A test that was under way may have come after its endpoint was gone.
    ...forgetting(connector, endpoint.key),
    ...["endpoint_tests", "endpoint_samples"].map((table) => ({
      text: `UPDATE ${table} SET endpoint = $1 WHERE connector_id = $2 AND endpoint = $3`,
      params: [endpoint.key, connector, replaces],
    })),
  ];
}

/** To be committed with the draft that an endpoint is no longer in: whatever comes to have its key was not tested. */
export function forgetting(connector: string, endpoint: string): Statement[] {
  return ["endpoint_tests", "endpoint_samples"].map((table) => ({
    text: `DELETE FROM ${table} WHERE connector_id = $1 AND endpoint = $2`,
    params: [connector, endpoint],
  }));
}
