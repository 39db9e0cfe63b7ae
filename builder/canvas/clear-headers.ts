import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { Position } from "./card-size.ts";
import { geometryOf, intoFrame } from "./geometry.ts";

/** A flow as it is drawn, and the edits that would make the document so. */
export type Cleared = { flow: Flow; edits: FlowEdit[] };

const known = new WeakMap<Flow, Cleared>();

/**
 * Who writes a flow through the API may place steps at a container's corner, upon its header, whose controls must stay in reach: all that is
 * inside of such a container is drawn further in. The document takes these places with the next edit of the canvas, and not before.
 */
export function clearHeaders(flow: Flow): Cleared {
  const before = known.get(flow);
  if (before) return before;
  const made = clear(flow);
  known.set(flow, made);
  // What is drawn is drawn as it is.
  known.set(made.flow, { flow: made.flow, edits: [] });
  return made;
}

function clear(flow: Flow): Cleared {
  const geometry = geometryOf(flow);
  const positions: Record<string, Position> = {};
  for (const { id: container } of flow.nodes) {
    const inside = geometry.inside(container);
    const by = intoFrame(inside.map(({ position }) => position));
    if (by.x === 0 && by.y === 0) continue;
    for (const { id, position } of inside) positions[id] = { x: position.x + by.x, y: position.y + by.y };
  }
  if (Object.keys(positions).length === 0) return { flow, edits: [] };
  const nodes = flow.nodes.map((node) => ({ ...node, position: positions[node.id] ?? node.position }));
  return { flow: { ...flow, nodes }, edits: [{ edit: "move", positions }] };
}
