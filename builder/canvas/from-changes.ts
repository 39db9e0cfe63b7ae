import type { EdgeChange, NodeChange } from "@xyflow/react";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { Selection } from "../stores/selection.ts";
import type { Position } from "./card-size.ts";
import type { CanvasEdge, CanvasNode } from "./to-canvas.ts";

/** What a gesture on the canvas means. `moving`: where nodes are while they are dragged, which the document does not know yet. */
export type CanvasChanges = { edits: FlowEdit[]; selection: Selection | null; moving: ReadonlyMap<string, Position> | null };

/** A drag is one move at its end; where the nodes are until then stays in the canvas. */
export function fromNodeChanges(changes: readonly NodeChange<CanvasNode>[], flow: Flow, selection: Selection): CanvasChanges {
  const before = new Map(flow.nodes.map((node) => [node.id, node.position]));
  const moving = new Map<string, Position>();
  const moved: Record<string, Position> = {};
  const removed: string[] = [];
  for (const change of changes) {
    if (change.type === "remove") removed.push(change.id);
    if (change.type !== "position" || !change.position) continue;
    const { x, y } = change.position;
    if (change.dragging) moving.set(change.id, { x, y });
    else {
      const old = before.get(change.id);
      if (old && (old.x !== x || old.y !== y)) moved[change.id] = { x, y };
    }
  }
  const edits: FlowEdit[] = [];
  if (Object.keys(moved).length > 0) edits.push({ edit: "move", positions: moved });
  if (removed.length > 0) edits.push({ edit: "remove", nodes: removed, edges: [] });
  const nodes = selectedAfter(changes, selection.nodes);
  return { edits, selection: nodes && { ...selection, nodes }, moving: moving.size > 0 ? moving : null };
}

export function fromEdgeChanges(changes: readonly EdgeChange<CanvasEdge>[], selection: Selection): CanvasChanges {
  const removed = changes.flatMap((change) => (change.type === "remove" ? [change.id] : []));
  const edges = selectedAfter(changes, selection.edges);
  return {
    edits: removed.length > 0 ? [{ edit: "remove", nodes: [], edges: removed }] : [],
    selection: edges && { ...selection, edges },
    moving: null,
  };
}

type SelectChange = { type: string; id?: string; selected?: boolean };

/** Null when the changes choose nothing else. */
function selectedAfter(changes: readonly SelectChange[], before: readonly string[]): string[] | null {
  const after = new Set(before);
  for (const { type, id, selected } of changes) {
    if (type !== "select" || id === undefined) continue;
    if (selected) after.add(id);
    else after.delete(id);
  }
  return after.size === before.length && before.every((id) => after.has(id)) ? null : [...after];
}
