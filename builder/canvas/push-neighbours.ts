import { applyEdit } from "../../shared/flow/apply-edit.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isContainer } from "../../shared/flow/node-ports.ts";
import type { Position } from "./card-size.ts";
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
  for (const before of containers) {
    const pushed = pushedBy(flow, next, before.id);
    if (Object.keys(pushed).length === 0) continue;
    Object.assign(moved, pushed);
    next = { ...next, nodes: next.nodes.map((node) => ({ ...node, position: pushed[node.id] ?? node.position })) };
  }
  return Object.keys(moved).length === 0 ? edits : [...edits, { edit: "move", positions: moved }];
}

function pushedBy(before: Flow, after: Flow, id: string): Record<string, Position> {
  const was = before.nodes.find((node) => node.id === id);
  const is = after.nodes.find((node) => node.id === id);
  if (!was || !is) return {};
  const [old, now] = [geometryOf(before).size(was), geometryOf(after).size(is)];
  const siblings = geometryOf(after)
    .inside(geometryOf(after).parent(id))
    .filter((node) => node.id !== id);
  const moved: Record<string, Position> = {};
  const place = (node: FlowNode) => moved[node.id] ?? node.position;
  const covered = () =>
    siblings.some((node) => {
      const { x, y } = place(node);
      const { width, height } = geometryOf(after).size(node);
      return (
        x < is.position.x + now.width && x + width > is.position.x && y < is.position.y + now.height && y + height > is.position.y
      );
    });
  const push = (axis: "x" | "y", side: "width" | "height") => {
    const by = now[side] - old[side];
    if (by <= 0 || !covered()) return;
    for (const node of siblings)
      if (node.position[axis] >= is.position[axis] + old[side])
        moved[node.id] = { ...place(node), [axis]: place(node)[axis] + by };
  };
  push("y", "height");
  push("x", "width");
  return moved;
}
