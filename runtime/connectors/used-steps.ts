import type { UsedStep } from "../../shared/connector/import-merge.ts";
import type { Sql } from "../store/sql.ts";

type StoredNode = { id: string; name?: string; kind: string; connector?: string; endpoint?: string };

/** The steps of a workspace's flows that call a connector, as published and, where nothing is published, as drawn; by flow. */
export async function listUsedSteps(sql: Sql, workspace: string, connector: string): Promise<UsedStep[]> {
  const rows = await sql.list<{ id: string; name: string; published: string | null; draft: string | null }>(
    `SELECT f.id, f.name, v.document AS published, f.draft FROM flows f LEFT JOIN flow_versions v ON v.id = f.published_version_id
     WHERE f.workspace_id = $1 AND (v.document LIKE $2 OR f.draft LIKE $2) ORDER BY f.name, f.id`,
    [workspace, `%"connector":"${connector}"%`],
  );
  return rows.flatMap(({ id, name, published, draft }) => {
    const running = stepsOf(published, connector);
    const known = new Set(running.map(({ node, endpoint }) => `${node} ${endpoint}`));
    const drawn = stepsOf(draft, connector).filter(({ node, endpoint }) => !known.has(`${node} ${endpoint}`));
    return [
      ...running.map((step) => ({ flow: id, flowName: name, ...step, published: true })),
      ...drawn.map((step) => ({ flow: id, flowName: name, ...step, published: false })),
    ];
  });
}

function stepsOf(text: string | null, connector: string): Pick<UsedStep, "node" | "nodeName" | "endpoint">[] {
  if (text === null) return [];
  // Parsed by its schema when it was written.
  const { nodes } = JSON.parse(text) as { nodes: StoredNode[] };
  return nodes.flatMap(({ id, name, kind, connector: called, endpoint }) =>
    kind === "call" && called === connector && endpoint !== undefined ? [{ node: id, nodeName: name ?? id, endpoint }] : [],
  );
}
