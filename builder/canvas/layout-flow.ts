import { Graph, layout } from "@dagrejs/dagre";
import type { Flow } from "../../shared/flow/flow.ts";
import { buildGraph } from "../../shared/flow/graph.ts";
import { outcomePorts } from "../../shared/flow/node-ports.ts";
import { directionOf, onGrid, type Position, sizeOf } from "./card-size.ts";

/** Places for all nodes of a flow: its direction stays, and so does the corner of the whole. The same flow gives the same places. */
export function layoutFlow(flow: Flow): Record<string, Position> {
  const direction = directionOf(flow);
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction === "down" ? "TB" : "LR", nodesep: 40, ranksep: direction === "down" ? 56 : 80 });
  for (const node of flow.nodes) graph.setNode(node.id, { ...sizeOf(node, direction) });
  for (const edge of flow.edges) graph.setEdge(edge.source, edge.target, {}, edge.id);
  layout(graph, { constraints: inPortOrder(flow) });
  const placed = flow.nodes.map((node) => {
    const { x, y } = graph.node(node.id);
    const { width, height } = sizeOf(node, direction);
    return { id: node.id, x: x - width / 2, y: y - height / 2 };
  });
  const corner = onGrid(cornerOf(flow.nodes.map(({ position }) => position)));
  const from = cornerOf(placed);
  return Object.fromEntries(placed.map(({ id, x, y }) => [id, onGrid({ x: x - from.x + corner.x, y: y - from.y + corner.y })]));
}

/** What only one node leads to lies in the order of that node's ports: "true" before "false". */
function inPortOrder(flow: Flow): { left: string; right: string }[] {
  const { incoming, outgoing } = buildGraph(flow);
  return flow.nodes.flatMap((node) => {
    const ports = [...outcomePorts(node), "error"];
    const own = (outgoing.get(node.id) ?? []).filter(({ target }) => incoming.get(target)?.length === 1);
    const ordered = own.toSorted((one, other) => ports.indexOf(one.port) - ports.indexOf(other.port));
    return ordered.slice(1).map(({ target }, index) => ({ left: ordered[index]?.target ?? target, right: target }));
  });
}

function cornerOf(positions: readonly Position[]): Position {
  return positions.reduce((corner, { x, y }) => ({ x: Math.min(corner.x, x), y: Math.min(corner.y, y) }), {
    x: Number.POSITIVE_INFINITY,
    y: Number.POSITIVE_INFINITY,
  });
}
