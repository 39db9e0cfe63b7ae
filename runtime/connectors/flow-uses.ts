import type { Sql } from "../store/sql.ts";

/** Keys of connectors and ids of connections that the calls and triggers of one document name. */
export type Uses = { connectors: Set<string>; connections: Set<string> };
export type FlowUses = { id: string; name: string; published: Uses | null; draft: Uses | null };

/** What the flows of a workspace use, as they are published and as they are being drawn; by name. */
export async function readFlowUses(sql: Sql, workspace: string): Promise<FlowUses[]> {
  const rows = await sql.list<{ id: string; name: string; published: string | null; draft: string | null }>(
    `SELECT f.id, f.name, v.document AS published, f.draft FROM flows f LEFT JOIN flow_versions v ON v.id = f.published_version_id
     WHERE f.workspace_id = $1 ORDER BY f.name, f.id`,
    [workspace],
  );
  return rows.map(({ published, draft, ...flow }) => ({ ...flow, published: usesOf(published), draft: usesOf(draft) }));
}

type StoredNode = { kind: string; connector?: string; connection?: string | null };

function usesOf(text: string | null): Uses | null {
  if (text === null) return null;
  // Parsed by its schema when it was written.
  const { nodes } = JSON.parse(text) as { nodes: StoredNode[] };
  const calls = nodes.filter(({ kind }) => kind === "call" || kind === "app-trigger");
  return {
    connectors: new Set(calls.flatMap(({ connector }) => connector ?? [])),
    connections: new Set(calls.flatMap(({ connection }) => connection ?? [])),
  };
}
