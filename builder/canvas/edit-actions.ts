import type { CopiedNodes } from "../../shared/flow/copy-nodes.ts";
import { copyNodes, inContainer, pasteNodes } from "../../shared/flow/copy-nodes.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isContainer, isTrigger, parentOf } from "../../shared/flow/node-ports.ts";
import type { Selection } from "../stores/selection.ts";
import { directionOf, frameInset, grid, onGrid, type Position } from "./card-size.ts";
import { geometryOf, withInside, withoutInside } from "./geometry.ts";
import { placesKept } from "./move-into.ts";
import { isTaken, spaceAlong } from "./place-node.ts";

/** What is left of a selection in a document that has changed meanwhile. */
export function stillThere(flow: Flow, selection: Selection): Selection {
  const nodes = new Set(flow.nodes.map(({ id }) => id));
  const edges = new Set(flow.edges.map(({ id }) => id));
  const isWhole = selection.nodes.every((id) => nodes.has(id)) && selection.edges.every((id) => edges.has(id));
  if (isWhole) return selection;
  return { nodes: selection.nodes.filter((id) => nodes.has(id)), edges: selection.edges.filter((id) => edges.has(id)) };
}

/** With a container goes what is inside of it. */
export function deleteSelected(flow: Flow, selection: Selection): FlowEdit[] {
  const { nodes, edges } = stillThere(flow, selection);
  return nodes.length + edges.length === 0 ? [] : [{ edit: "remove", nodes: [...withInside(flow, nodes)], edges: [...edges] }];
}

export function moveSelected(flow: Flow, selection: Selection, by: Position): FlowEdit[] {
  const chosen = new Set(withoutInside(flow, stillThere(flow, selection).nodes));
  const moved = flow.nodes.filter(({ id }) => chosen.has(id));
  const positions = moved.map(({ id, position }) => [id, { x: position.x + by.x, y: position.y + by.y }] as const);
  return moved.length === 0 ? [] : [{ edit: "move", positions: placesKept(flow, moved, Object.fromEntries(positions)) }];
}

/** The selected nodes as text for the clipboard; null when none is selected. */
export function selectedText(flow: Flow, selection: Selection): string | null {
  const copied = copyNodes(flow, withInside(flow, selection.nodes));
  return copied.nodes.length === 0 ? null : JSON.stringify(copied);
}

/** A copy of the selected nodes beside them. */
export function duplicateSelected(flow: Flow, selection: Selection): { edits: FlowEdit[]; ids: string[] } {
  const copied = copyNodes(flow, withInside(flow, selection.nodes));
  return copied.nodes.length === 0 ? { edits: [], ids: [] } : pasteCopied(flow, copied, null);
}

/**
 * Adds copied nodes: their middle at `at`, or, without it, where they were, moved until they cover none of the nodes that are
 * there.
 */
export function pasteCopied(flow: Flow, copied: CopiedNodes, at: Position | null): { edits: FlowEdit[]; ids: string[] } {
  const { edit, ids } = pasteNodes(flow, copied, at ? offsetTo(copied, at) : freeOffset(flow, copied));
  return { edits: [edit], ids };
}

/**
 * The same for the keyboard, by which nodes go into containers and out of them: into the container that is selected, or to where the
 * selected node is; without a selection, to where they were.
 */
export function pasteWhere(flow: Flow, copied: CopiedNodes, selection: Selection): { edits: FlowEdit[]; ids: string[] } {
  const roots = rootsOf(copied);
  const chosen = flow.nodes.find(({ id }) => id === selection.nodes.at(-1));
  const geometry = geometryOf(flow);
  const isItself = chosen && copied.nodes.some(({ id }) => id === chosen.id);
  const target = !chosen ? undefined : isContainer(chosen) && !isItself ? chosen.id : geometry.parent(chosen.id);
  const isThere = roots.every((node) => (parentOf(node) ?? null) === target);
  if (target === undefined || isThere || roots.some(isTrigger)) return pasteCopied(flow, copied, null);
  const corner = cornerBehind(flow, target);
  const by = {
    x: corner.x - Math.min(...roots.map(({ position }) => position.x)),
    y: corner.y - Math.min(...roots.map(({ position }) => position.y)),
  };
  const nodes = copied.nodes.map((node) =>
    roots.includes(node)
      ? { ...inContainer(node, target), position: { x: node.position.x + by.x, y: node.position.y + by.y } }
      : node,
  );
  const { edit, ids } = pasteNodes(flow, { ...copied, nodes }, { x: 0, y: 0 });
  return { edits: [edit], ids };
}

/** A corner behind everything in a container, or, with null, at the top. */
function cornerBehind(flow: Flow, container: string | null): Position {
  const geometry = geometryOf(flow);
  const boxes = geometry.inside(container).map((node) => ({ ...node.position, ...geometry.size(node) }));
  const start = container === null ? { x: 0, y: 0 } : { x: frameInset.left, y: frameInset.top };
  const [first, ...others] = boxes;
  if (!first) return start;
  const side = { x: Math.min(first.x, ...others.map(({ x }) => x)), y: Math.min(first.y, ...others.map(({ y }) => y)) };
  return onGrid(
    geometry.direction === "down"
      ? { x: side.x, y: Math.max(...boxes.map(({ y, height }) => y + height)) + spaceAlong.down }
      : { x: Math.max(...boxes.map(({ x, width }) => x + width)) + spaceAlong.right, y: side.y },
  );
}

/** Those that are not inside of another that was copied. */
function rootsOf({ nodes }: CopiedNodes): FlowNode[] {
  const ids = new Set(nodes.map(({ id }) => id));
  return nodes.filter((node) => !ids.has(parentOf(node) ?? ""));
}

function offsetTo(copied: CopiedNodes, at: Position): Position {
  const nodes = rootsOf(copied);
  const xs = nodes.map(({ position }) => position.x);
  const ys = nodes.map(({ position }) => position.y);
  const middle = { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: (Math.min(...ys) + Math.max(...ys)) / 2 };
  const snap = (value: number) => Math.round(value / grid) * grid;
  return { x: snap(at.x - middle.x), y: snap(at.y - middle.y) };
}

/** To the side, where the flow does not go. */
function freeOffset(flow: Flow, copied: CopiedNodes): Position {
  const direction = directionOf(flow);
  const geometry = geometryOf({ ...flow, nodes: copied.nodes });
  const there = new Set(flow.nodes.filter(isContainer).map(({ id }) => id));
  const nodes = rootsOf(copied);
  for (let n = 0; ; n += 1) {
    const by = direction === "down" ? { x: n * 2 * grid, y: 0 } : { x: 0, y: n * 2 * grid };
    const isFree = nodes.every((node) => {
      const place = { x: node.position.x + by.x, y: node.position.y + by.y };
      const parent = parentOf(node);
      return !isTaken(flow, place, { size: geometry.size(node), parent: parent !== null && there.has(parent) ? parent : null });
    });
    if (isFree) return by;
  }
}
