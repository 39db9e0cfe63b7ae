import type { Connector } from "../../shared/connector/connector.ts";
import { installing } from "../connectors/installed.ts";
import { newVersion } from "../connectors/publish-connector.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";

/** Makes a document the draft of a custom connector that there is (by its key), its next version and the installed one. */
export async function installOwn(
  deps: { sql: Sql; ids: Ids; clock: Clock },
  workspace: string,
  document: Connector,
): Promise<{ version: string }> {
  const { sql, clock } = deps;
  const text = JSON.stringify(document);
  const [row] = await sql.read<{ id: string; after: number | null }>(
    `SELECT c.id, (SELECT max(number) FROM connector_versions WHERE connector_id = c.id) AS after FROM connectors c
     WHERE c.workspace_id = $1 AND c.key = $2`,
    [workspace, document.key],
  );
  if (!row) throw new Error(`there is no connector "${document.key}"`);
  const { version, statement } = newVersion(deps, { workspace, connector: row.id, after: Number(row.after ?? 0), text });
  const stored = await sql.commit([
    { text: `UPDATE connectors SET draft = $1 WHERE id = $2`, params: [text, row.id], expectRows: 1 },
    statement,
    installing({ workspace, connector: row.id, version, source: "local", by: null, at: clock() }),
  ]);
  if (stored.outcome !== "committed") throw new Error("it could not be installed");
  return { version };
}
