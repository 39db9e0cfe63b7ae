import type { Flow } from "./flow.ts";
import { ancestors, buildGraph } from "./graph.ts";

/** The part of a flow that leads to a node: the node, everything before it, and the edges between them. */
export function flowUntil(flow: Flow, node: string): Flow {
  const kept = ancestors(buildGraph(flow), node).add(node);
  return {
    ...flow,
    nodes: flow.nodes.filter(({ id }) => kept.has(id)),
    // What leaves the node itself is not run.
    edges: flow.edges.filter(({ source, target }) => kept.has(source) && kept.has(target) && source !== node),
  };
}
