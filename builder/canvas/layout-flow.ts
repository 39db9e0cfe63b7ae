import { Graph, layout } from "@dagrejs/dagre";
import type { Flow } from "../../shared/flow/flow.ts";
import { directionOf, onGrid, type Position, sizeOf } from "./card-size.ts";

/** Places for all nodes of a flow: its direction stays, and so does the corner of the whole. The same flow gives the same places. */
export function layoutFlow(flow: Flow): Record<string, Position> {
  const direction = directionOf(flow);
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction === "down" ? "TB" : "LR", nodesep: 40, ranksep: direction === "down" ? 56 : 80 });
  for (const node of flow.nodes) graph.setNode(node.id, { ...sizeOf(node, direction) });
  for (const edge of flow.edges) graph.setEdge(edge.source, edge.target, {}, edge.id);
  layout(graph);
  const placed = flow.nodes.map((node) => {
    const { x, y } = graph.node(node.id);
    const { width, height } = sizeOf(node, direction);
    return { id: node.id, x: x - width / 2, y: y - height / 2 };
  });
  const corner = onGrid(cornerOf(flow.nodes.map(({ position }) => position)));
  const from = cornerOf(placed);
  return Object.fromEntries(placed.map(({ id, x, y }) => [id, onGrid({ x: x - from.x + corner.x, y: y - from.y + corner.y })]));
}

function cornerOf(positions: readonly Position[]): Position {
  return positions.reduce((corner, { x, y }) => ({ x: Math.min(corner.x, x), y: Math.min(corner.y, y) }), {
    x: Number.POSITIVE_INFINITY,
    y: Number.POSITIVE_INFINITY,
  });
}
