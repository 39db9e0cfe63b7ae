import { Graph, layout } from "@dagrejs/dagre";
import type { Flow } from "../../shared/flow/flow.ts";
import { buildGraph } from "../../shared/flow/graph.ts";
import { isContainer, outcomePorts } from "../../shared/flow/node-ports.ts";
import { directionOf, frameInset, onGrid, type Position, type Size } from "./card-size.ts";
import { frameSize, geometryOf } from "./geometry.ts";

/**
 * Places for all nodes of a flow: its direction stays, and so does the corner of the whole. What is inside a container is laid out first,
 * then the container as one card. The same flow gives the same places.
 */
export function layoutFlow(flow: Flow): Record<string, Position> {
  const geometry = geometryOf(flow);
  const order = inPortOrder(flow);
  const places: Record<string, Position> = {};
  const layoutInside = (container: string | null): Size => {
    const boxes = geometry.inside(container).map((node): Box => {
      return { id: node.id, position: node.position, size: isContainer(node) ? layoutInside(node.id) : geometry.size(node) };
    });
    const corner = container === null ? onGrid(cornerOf(boxes)) : { x: frameInset.left, y: frameInset.top };
    const placed = layoutScope(flow, boxes, { order, corner });
    for (const { id, position } of placed) places[id] = position;
    return frameSize(placed);
  };
  layoutInside(null);
  return places;
}

type Box = { id: string; position: Position; size: Size };
type Order = { left: string; right: string }[];

/** Lays out nodes of one container, or those at the top. */
function layoutScope(flow: Flow, boxes: readonly Box[], { order, corner }: { order: Order; corner: Position }): Box[] {
  const direction = directionOf(flow);
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction === "down" ? "TB" : "LR", nodesep: 40, ranksep: direction === "down" ? 56 : 80 });
  for (const { id, size } of boxes) graph.setNode(id, { ...size });
  const within = (id: string) => graph.hasNode(id);
  for (const edge of flow.edges)
    if (within(edge.source) && within(edge.target)) graph.setEdge(edge.source, edge.target, {}, edge.id);
  layout(graph, { constraints: order.filter(({ left, right }) => within(left) && within(right)) });
  const placed = boxes.map((box): Box => {
    const { x, y } = graph.node(box.id);
    return { ...box, position: { x: x - box.size.width / 2, y: y - box.size.height / 2 } };
  });
  const from = cornerOf(placed);
  return placed.map((box) => {
    const { x, y } = box.position;
    return { ...box, position: onGrid({ x: x - from.x + corner.x, y: y - from.y + corner.y }) };
  });
}

/** What only one node leads to lies in the order of that node's ports: "true" before "false". */
function inPortOrder(flow: Flow): Order {
  const { incoming, outgoing } = buildGraph(flow);
  return flow.nodes.flatMap((node) => {
    const ports = [...outcomePorts(node), "error"];
    const own = (outgoing.get(node.id) ?? []).filter(({ target }) => incoming.get(target)?.length === 1);
    const ordered = own.toSorted((one, other) => ports.indexOf(one.port) - ports.indexOf(other.port));
    return ordered.slice(1).map(({ target }, index) => ({ left: ordered[index]?.target ?? target, right: target }));
  });
}

function cornerOf(boxes: readonly Box[]): Position {
  return boxes.reduce((corner, { position: { x, y } }) => ({ x: Math.min(corner.x, x), y: Math.min(corner.y, y) }), {
    x: Number.POSITIVE_INFINITY,
    y: Number.POSITIVE_INFINITY,
  });
}
