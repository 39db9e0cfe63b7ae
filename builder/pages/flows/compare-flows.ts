import type { Flow } from "../../../shared/flow/flow.ts";

/** What publishing changes, in counts. */
export type FlowDifference = { added: string[]; changed: string[]; removed: string[]; edges: number };

/** How a draft differs from what runs now: names of nodes, and how many edges are new or gone. Where a node lies does not count. */
export function compareFlows(published: Flow | null, draft: Flow): FlowDifference {
  const before = new Map(published?.nodes.map((node) => [node.id, node]));
  const after = new Set(draft.nodes.map(({ id }) => id));
  const settings = (node: Flow["nodes"][number]) => JSON.stringify({ ...node, position: null });
  const edgeText = ({ source, port, target }: Flow["edges"][number]) => `${source} ${port} ${target}`;
  const edgesBefore = new Set(published?.edges.map(edgeText));
  const edgesAfter = new Set(draft.edges.map(edgeText));
  const only = (one: Set<string>, other: Set<string>) => [...one].filter((edge) => !other.has(edge)).length;
  return {
    added: draft.nodes.filter(({ id }) => !before.has(id)).map(({ name }) => name),
    changed: draft.nodes
      .filter((node) => {
        const old = before.get(node.id);
        return old !== undefined && settings(old) !== settings(node);
      })
      .map(({ name }) => name),
    removed: [...before.values()].filter(({ id }) => !after.has(id)).map(({ name }) => name),
    edges: only(edgesBefore, edgesAfter) + only(edgesAfter, edgesBefore),
  };
}
