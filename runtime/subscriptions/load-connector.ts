import { AppError } from "../../shared/app-error.ts";
import { Connector } from "../../shared/connector/connector.ts";
import type { Sql } from "../store/sql.ts";

/** How many versions stay in memory: they never change. */
const most = 100;

/** Loads frozen versions of connectors by their id. Throws `not_found`. */
export function createLoadConnector(sql: Sql): (workspace: string, version: string) => Promise<Connector> {
  const known = new Map<string, Connector>();
  return async (workspace, version) => {
    const key = `${workspace}/${version}`;
    const found = known.get(key);
    if (found) return found;
    const [row] = await sql.read<{ document: string }>(
      `SELECT document FROM connector_versions WHERE id = $1 AND workspace_id = $2`,
      [version, workspace],
    );
    if (!row) throw new AppError("not_found", `the connector version ${version} does not exist`);
    const connector = Connector.parse(JSON.parse(row.document));
    const [oldest] = known.keys();
    if (known.size >= most && oldest !== undefined) known.delete(oldest);
    known.set(key, connector);
    return connector;
  };
}
