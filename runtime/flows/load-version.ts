import { AppError } from "../../shared/app-error.ts";
import { Connector } from "../../shared/connector/connector.ts";
import { Flow } from "../../shared/flow/flow.ts";
import { buildGraph, type Graph } from "../../shared/flow/graph.ts";
import type { Sql } from "../store/sql.ts";

/** A frozen flow, ready to run, with the connector versions that it was published with, by key. */
export type RunnableVersion = {
  id: string;
  /** Null for the frozen draft of a test run. */
  number: number | null;
  createdAt: number;
  flow: Flow;
  graph: Graph;
  connectors: Map<string, Connector>;
};
export type LoadVersion = (workspace: string, id: string) => Promise<RunnableVersion>;

/** How many versions stay in memory; they never change, so nothing has to be invalidated. */
const keep = 500;

/** Loads flow versions and remembers the last `keep` of them. Throws `not_found`. */
export function createLoadVersion(sql: Sql): LoadVersion {
  const known = new Map<string, Promise<RunnableVersion>>();
  return (workspace, id) => {
    const key = `${workspace}/${id}`;
    const found = known.get(key);
    if (found) return found;
    const loading = readVersion(sql, workspace, id);
    known.set(key, loading);
    loading.catch(() => known.delete(key));
    if (known.size > keep) known.delete(known.keys().next().value ?? key);
    return loading;
  };
}

async function readVersion(sql: Sql, workspace: string, id: string): Promise<RunnableVersion> {
  const [row] = await sql.read<{ number: number | null; document: string; connectorVersions: string; createdAt: number }>(
    `SELECT number, document, connector_versions AS "connectorVersions", created_at AS "createdAt"
     FROM flow_versions WHERE id = $1 AND workspace_id = $2`,
    [id, workspace],
  );
  if (!row) throw new AppError("not_found", `the flow version ${id} does not exist`);
  const flow = Flow.parse(JSON.parse(row.document));
  const connectors = new Map<string, Connector>();
  for (const connectorVersion of JSON.parse(row.connectorVersions) as string[]) {
    const [version] = await sql.read<{ document: string }>(
      `SELECT document FROM connector_versions WHERE id = $1 AND workspace_id = $2`,
      [connectorVersion, workspace],
    );
    if (!version) throw new AppError("not_found", `the connector version ${connectorVersion} does not exist`);
    const connector = Connector.parse(JSON.parse(version.document));
    connectors.set(connector.key, connector);
  }
  return { id, number: row.number, createdAt: row.createdAt, flow, graph: buildGraph(flow), connectors };
}
