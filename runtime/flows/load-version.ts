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

type Loaded = { version: RunnableVersion; characters: number };
type Known = { loading: Promise<RunnableVersion>; characters: number };

/** What stays in memory, in versions and in characters of their documents: each test run of a draft is a version of its own. */
const most = { versions: 500, characters: 32 * 1024 * 1024 };

/** Loads flow versions and remembers the last of them; they never change, so nothing has to be invalidated. Throws `not_found`. */
export function createLoadVersion(sql: Sql, { versions, characters } = most): LoadVersion {
  const known = new Map<string, Known>();
  let total = 0;

  function forget(key: string): void {
    total -= known.get(key)?.characters ?? 0;
    known.delete(key);
  }

  /** The oldest go first, and never the one that has just come. */
  function makeRoom(): void {
    for (const oldest of known.keys()) {
      if (known.size <= 1 || (known.size <= versions && total <= characters)) return;
      forget(oldest);
    }
  }

  return (workspace, id) => {
    const key = `${workspace}/${id}`;
    const found = known.get(key);
    if (found) return found.loading;
    const entry: Known = { characters: 0, loading: readVersion(sql, workspace, id).then(keep) };
    known.set(key, entry);
    entry.loading.catch(() => forget(key));
    return entry.loading;

    function keep(loaded: Loaded): RunnableVersion {
      // It may have had to make room while it was loaded.
      if (known.get(key) === entry) {
        entry.characters = loaded.characters;
        total += loaded.characters;
        makeRoom();
      }
      return loaded.version;
    }
  };
}

async function readVersion(sql: Sql, workspace: string, id: string): Promise<Loaded> {
  const [row] = await sql.read<{ number: number | null; document: string; connectorVersions: string; createdAt: number }>(
    `SELECT number, document, connector_versions AS "connectorVersions", created_at AS "createdAt"
     FROM flow_versions WHERE id = $1 AND workspace_id = $2`,
    [id, workspace],
  );
  if (!row) throw new AppError("not_found", `the flow version ${id} does not exist`);
  const flow = Flow.parse(JSON.parse(row.document));
  const connectors = new Map<string, Connector>();
  let characters = row.document.length;
  for (const connectorVersion of JSON.parse(row.connectorVersions) as string[]) {
    const [version] = await sql.read<{ document: string }>(
      `SELECT document FROM connector_versions WHERE id = $1 AND workspace_id = $2`,
      [connectorVersion, workspace],
    );
    if (!version) throw new AppError("not_found", `the connector version ${connectorVersion} does not exist`);
    const connector = Connector.parse(JSON.parse(version.document));
    connectors.set(connector.key, connector);
    characters += version.document.length;
  }
  return { version: { id, number: row.number, createdAt: row.createdAt, flow, graph: buildGraph(flow), connectors }, characters };
}
