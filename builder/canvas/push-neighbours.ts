import { applyEdit } from "../../shared/flow/apply-edit.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isContainer } from "../../shared/flow/node-ports.ts";
import { frameInset, type Position, type Size } from "./card-size.ts";
import { geometryOf } from "./geometry.ts";

/**
 * Edits, and behind them the move that gives room to the containers that they make larger: what lies below or beside a container, and
 * would be covered, moves on by as much as it grew. From the inside outwards, because a larger inside makes the outside larger.
 */
export function withRoom(flow: Flow, edits: FlowEdit[]): FlowEdit[] {
  if (!flow.nodes.some(isContainer)) return edits;
  let next = flow;
  for (const edit of edits) {
    const applied = applyEdit(next, edit);
    if (applied.outcome === "refused") return edits;
    next = applied.flow;
  }
  const moved: Record<string, Position> = {};
  const depth = (node: FlowNode) => geometryOf(flow).around(node.id).length;
  const containers = flow.nodes.filter(isContainer).toSorted((one, other) => depth(other) - depth(one));
  const move = (places: Record<string, Position>): void => {
    if (Object.keys(places).length === 0) return;
    Object.assign(moved, places);
    next = { ...next, nodes: next.nodes.map((node) => ({ ...node, position: places[node.id] ?? node.position })) };
  };
  const isAdding = edits.some(({ edit }) => edit === "add");
  for (const { id } of containers) {
    // A card that was let go stays under the pointer; a new one has no place that anybody has seen.
    if (isAdding) move(recentred(flow, next, id));
    move(pushedBy(flow, next, id));
  }
  return Object.keys(moved).length === 0 ? edits : [...edits, { edit: "move", positions: moved }];
}

/** To both sides alike, so that it stays in line with what leads to it; not where that would cover others, or its container's border. */
function recentred(before: Flow, after: Flow, id: string): Record<string, Position> {
  const grown = growthOf(before, after, id);
  if (!grown) return {};
  const { node, old, now, siblings, parent } = grown;
  const { direction } = geometryOf(after);
  const { x, y } = node.position;
  const place = direction === "down" ? { x: x - (now.width - old.width) / 2, y } : { x, y: y - (now.height - old.height) / 2 };
  if (place.x > x || place.y > y || (place.x === x && place.y === y)) return {};
  if (parent !== null && (place.x < frameInset.left || place.y < frameInset.top)) return {};
  // What lies behind makes room; only what lies beside it is in the way.
  const beside =
    direction === "down"
      ? { ...place, width: now.width, height: old.height }
      : { ...place, width: old.width, height: now.height };
  return siblings.some((each) => overlap(beside, each)) ? {} : { [id]: place };
}

function pushedBy(before: Flow, after: Flow, id: string): Record<string, Position> {
  const grown = growthOf(before, after, id);
  if (!grown) return {};
  const { node, old, now, siblings } = grown;
  const frame = { ...node.position, ...now };
  const moved: Record<string, Position> = {};
  const boxes = () => siblings.map((each) => ({ ...each, ...moved[each.id] }));
  const push = (axis: "x" | "y", side: "width" | "height") => {
    const by = now[side] - old[side];
    if (by <= 0 || !boxes().some((each) => overlap(frame, each))) return;
    for (const each of boxes())
      if (each[axis] >= node.position[axis] + old[side]) moved[each.id] = { x: each.x, y: each.y, [axis]: each[axis] + by };
  };
  push("y", "height");
  push("x", "width");
  return moved;
}

type Box = Position & Size;
type Growth = { node: FlowNode; old: Size; now: Size; parent: string | null; siblings: (Box & { id: string })[] };

/** A container that was there before and is larger now, with what lies beside it. */
function growthOf(before: Flow, after: Flow, id: string): Growth | null {
  const was = before.nodes.find((node) => node.id === id);
  const node = after.nodes.find((each) => each.id === id);
  if (!was || !node) return null;
  const geometry = geometryOf(after);
  const [old, now] = [geometryOf(before).size(was), geometry.size(node)];
  if (now.width <= old.width && now.height <= old.height) return null;
  const parent = geometry.parent(id);
  const others = geometry.inside(parent).filter((each) => each.id !== id);
  return { node, old, now, parent, siblings: others.map((each) => ({ id: each.id, ...each.position, ...geometry.size(each) })) };
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height
  );
}
