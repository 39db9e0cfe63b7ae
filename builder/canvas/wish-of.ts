import type { FinalConnectionState } from "@xyflow/react";
import type { Flow } from "../../shared/flow/flow.ts";
import type { Position } from "./card-size.ts";
import { likelyPort, type Wish } from "./connect.ts";
import { geometryOf } from "./geometry.ts";

/** What somebody wants who lets go of a dragged edge. */
export type DroppedEdge =
  | { to: "node"; wish: Wish }
  | { to: "canvas"; after: { node: string; port: string }; at: Position }
  | { to: "nothing" };

/** An edge dropped on a card is meant for it, wherever on it; one dropped on the canvas asks for a new node. */
export function wishOf(event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState, flow: Flow): DroppedEdge {
  const from = state.fromHandle;
  if (!from) return { to: "nothing" };
  const at = pointOf(event);
  const under = document.elementFromPoint?.(at.x, at.y) ?? null;
  const other = state.toNode?.id ?? under?.closest<HTMLElement>(".react-flow__node")?.dataset.id;
  const port = from.id ?? "out";
  // The container that it is inside of is the ground that it stands on.
  const ownGround = other !== undefined && !state.toHandle && geometryOf(flow).around(from.nodeId).includes(other);
  if (other !== undefined && !ownGround)
    return from.type === "source"
      ? { to: "node", wish: { source: from.nodeId, port, target: other } }
      : { to: "node", wish: { source: other, port: state.toHandle?.id ?? likelyPort(flow, other), target: from.nodeId } };
  const isCanvas = ownGround || under?.classList.contains("react-flow__pane") === true;
  return isCanvas && from.type === "source" ? { to: "canvas", after: { node: from.nodeId, port }, at } : { to: "nothing" };
}

function pointOf(event: globalThis.MouseEvent | TouchEvent): Position {
  const point = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: point?.clientX ?? 0, y: point?.clientY ?? 0 };
}
