import { useReactFlow } from "@xyflow/react";
import { useMemo } from "react";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import { isContainer, outcomePorts } from "../../shared/flow/node-ports.ts";
import { useCanvasSession } from "../stores/canvas-session.ts";
import { documentOf, type FlowStore } from "../stores/flow-store.ts";
import { onlyNode, type Selection } from "../stores/selection.ts";
import { notify } from "../ui/toast.ts";
import { addNode, type NodeChoice, type NodePlace } from "./add-node.ts";
import { editMargin, fitWithin } from "./canvas-toolbar.tsx";
import { grid } from "./card-size.ts";
import { clearHeaders } from "./clear-headers.ts";
import { connect, connectionProblem, likelyPort, onlyEdgeOf, type Wish } from "./connect.ts";
import {
  deleteSelected,
  duplicateSelected,
  moveSelected,
  pasteCopied,
  pasteWhere,
  selectedText,
  stillThere,
} from "./edit-actions.ts";
import { focusCanvas } from "./focus-canvas.ts";
import { withoutInside } from "./geometry.ts";
import { insertNode } from "./insert-node.ts";
import { withRoom } from "./push-neighbours.ts";
import { requestLayout } from "./request-layout.ts";
import { nodeTowards, type Way } from "./walk.ts";

/** Everything that can be done to the flow on the canvas, each as one step to undo. */
export type CanvasEdits = ReturnType<typeof createCanvasEdits>;

export function useCanvasEdits(store: FlowStore): CanvasEdits {
  const flow = useReactFlow();
  return useMemo(() => createCanvasEdits(store, () => void flow.fitView(fitWithin(editMargin))), [store, flow]);
}

function createCanvasEdits(store: FlowStore, showAll: () => void) {
  const session = useCanvasSession;
  /** As it is drawn. */
  const now = () => clearHeaders(documentOf(store.getState())).flow;
  const selection = () => stillThere(now(), session.getState().selection);
  const select = (next: Selection) => session.getState().select(next);

  /** Edits of what is drawn: the document becomes that first. */
  function apply(edits: FlowEdit[], group?: string) {
    return store.getState().edit([...clearHeaders(documentOf(store.getState())).edits, ...edits], { group });
  }

  function edit(edits: FlowEdit[], group?: string): boolean {
    if (edits.length === 0) return false;
    const result = apply(withRoom(now(), edits), group);
    if (result.outcome === "refused") notify("failed", "That cannot be done", result.message);
    return result.outcome === "changed";
  }

  /** What is inside of a new container is not chosen beside it: it goes wherever that goes. */
  function selectNew(added: string[]): void {
    const ids = withoutInside(now(), added);
    select({ nodes: ids, edges: [] });
    focusCanvas(ids.length === 1 ? ids[0] : undefined);
  }

  function add(choice: NodeChoice, place: NodePlace): void {
    const added = addNode(now(), choice, place);
    if (edit([added.edit])) selectNew([added.id]);
  }

  function join(wish: Wish): void {
    const problem = connectionProblem(now(), wish);
    if (problem) notify("failed", "Not connected", problem);
    else edit([connect(now(), wish)]);
  }

  return {
    add,
    join,
    edit,
    insert(choice: NodeChoice, into: string) {
      const inserted = insertNode(now(), choice, into);
      if (!inserted) notify("failed", "Not added", "Such a node cannot stand between two others, or the edge is gone.");
      else if (edit(inserted.edits)) selectNew([inserted.id]);
    },
    /** Asks what to add: behind the selected node, into the selected edge, else at the end. */
    askWhatToAdd() {
      const { nodes, edges } = selection();
      const [node, ...others] = nodes;
      const only = others.length === 0 ? now().nodes.find(({ id }) => id === node) : undefined;
      // A stop leads nowhere.
      const after = only && outcomePorts(only).length > 0 ? { node: only.id, port: likelyPort(now(), only.id) } : null;
      const into = only && isContainer(only) ? only.id : null;
      const edge = after ? onlyEdgeOf(now(), after) : nodes.length === 0 && edges.length === 1 ? (edges[0] ?? null) : null;
      session.getState().open({ kind: "palette", place: { after, edge, into, at: null } });
    },
    askWhereTo() {
      const [node, ...others] = selection().nodes;
      if (node !== undefined && others.length === 0) session.getState().open({ kind: "connect", node });
    },
    remove() {
      // What had the keyboard is gone with its card: the canvas goes on hearing it.
      if (edit(deleteSelected(now(), selection()))) focusCanvas();
    },
    duplicate() {
      const { edits, ids } = duplicateSelected(now(), selection());
      if (edit(edits)) selectNew(ids);
    },
    copiedText: () => selectedText(now(), selection()),
    /** Reads the text of a clipboard; a text that holds no nodes is answered in words. */
    async paste(text: string, at: { x: number; y: number } | null) {
      const { readCopiedNodes } = await import("../../shared/flow/copied-nodes.ts");
      const read = readCopiedNodes(text);
      if (read.outcome === "unreadable") return notify("failed", "Nothing was pasted", read.message);
      const { edits, ids } = at ? pasteCopied(now(), read.copied, at) : pasteWhere(now(), read.copied, selection());
      if (edit(edits)) selectNew(ids);
    },
    push(way: Way) {
      const by = { up: [0, -grid], down: [0, grid], left: [-grid, 0], right: [grid, 0] }[way];
      const chosen = selection();
      edit(moveSelected(now(), chosen, { x: by[0] ?? 0, y: by[1] ?? 0 }), `push ${chosen.nodes.join(" ")}`);
    },
    walk(way: Way) {
      const from = selection().nodes.at(-1);
      const to = from === undefined ? now().nodes[0]?.id : nodeTowards(now(), from, way);
      if (to == null) return;
      select(onlyNode(to));
      focusCanvas(to);
    },
    selectAll: () => select({ nodes: now().nodes.map(({ id }) => id), edges: now().edges.map(({ id }) => id) }),
    undo: () => void store.getState().undo(),
    redo: () => void store.getState().redo(),
    async layout() {
      const before = now();
      const edits = await requestLayout(before).catch((error: Error) => {
        notify("failed", "The nodes could not be arranged", error.message);
        return [];
      });
      // What was changed while the layout was computed would be put back by it.
      if (now() === before && edits.length > 0 && apply(edits).outcome === "changed") showAll();
    },
  };
}
