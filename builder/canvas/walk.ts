import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { Position } from "./card-size.ts";
import { geometryOf } from "./geometry.ts";

export type Way = "up" | "down" | "left" | "right";

/** What lies off the way counts this much more than what lies along it. */
const offWay = 3;
/** By so much nodes that an edge joins seem nearer. */
const pull = 1.5;

/** The node that is reached from another by an arrow key: the nearest on that side, those an edge joins before others, into containers and out of them too. */
export function nodeTowards(flow: Flow, from: string, way: Way): string | null {
  const start = flow.nodes.find(({ id }) => id === from);
  if (!start) return flow.nodes[0]?.id ?? null;
  const joined = new Set(
    flow.edges.flatMap(({ source, target }) => (source === from ? [target] : target === from ? [source] : [])),
  );
  const geometry = geometryOf(flow);
  // Nodes of one column, or row, have their middles in line, whatever their sizes.
  const placeOf = (node: FlowNode): Position => {
    const { x, y } = geometry.placeOf(node.id);
    const { width, height } = geometry.size(node);
    return way === "up" || way === "down" ? { x: x + width / 2, y } : { x, y: y + height / 2 };
  };
  const place = placeOf(start);
  let best: { id: string; distance: number } | null = null;
  for (const node of flow.nodes) {
    const { id } = node;
    const { along, across } = seen(place, placeOf(node), way);
    if (id === from || along <= 0) continue;
    const distance = (along + offWay * Math.abs(across)) / (joined.has(id) ? pull : 1);
    if (!best || distance < best.distance) best = { id, distance };
  }
  return best?.id ?? null;
}

function seen(from: Position, to: Position, way: Way): { along: number; across: number } {
  const x = to.x - from.x;
  const y = to.y - from.y;
  if (way === "right") return { along: x, across: y };
  if (way === "left") return { along: -x, across: y };
  return way === "down" ? { along: y, across: x } : { along: -y, across: x };
}
