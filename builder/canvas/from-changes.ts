import type { EdgeChange, NodeChange } from "@xyflow/react";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { Selection } from "../stores/selection.ts";
import type { Position } from "./card-size.ts";
import { withInside } from "./geometry.ts";
import { dropNodes } from "./move-into.ts";
import type { CanvasEdge, CanvasNode } from "./to-canvas.ts";

/** What a gesture on the canvas means. `moving`: where nodes are while they are dragged, which the document does not know yet. */
export type CanvasChanges = {
  edits: FlowEdit[];
  selection: Selection | null;
  moving: ReadonlyMap<string, Position> | null;
  /** Why nodes that were let go stay where they were. */
  refused: string | null;
};

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
  const drop = Object.keys(moved).length > 0 ? dropNodes(flow, moved) : null;
  if (drop) edits.push(...drop.edits);
  if (removed.length > 0) edits.push({ edit: "remove", nodes: [...withInside(flow, removed)], edges: [] });
  const nodes = selectedAfter(changes, selection.nodes);
  return {
    edits,
    selection: nodes && { ...selection, nodes },
    moving: moving.size > 0 ? moving : null,
    refused: drop?.refused ?? null,
  };
}

export function fromEdgeChanges(changes: readonly EdgeChange<CanvasEdge>[], selection: Selection): CanvasChanges {
  const removed = changes.flatMap((change) => (change.type === "remove" ? [change.id] : []));
  const edges = selectedAfter(changes, selection.edges);
  return {
    edits: removed.length > 0 ? [{ edit: "remove", nodes: [], edges: removed }] : [],
    selection: edges && { ...selection, edges },
    moving: null,
    refused: null,
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
