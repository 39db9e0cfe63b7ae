import { type NodeChange, type OnConnectEnd, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { type MouseEvent, useCallback, useMemo, useState } from "react";
import { useStore } from "zustand";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { RunView } from "../../shared/run/run-view.ts";
import { useCanvasSession } from "../stores/canvas-session.ts";
import { documentOf, type FlowStore } from "../stores/flow-store.ts";
import { notify } from "../ui/toast.ts";
import { CanvasActionsContext } from "./canvas-actions.ts";
import { CanvasFrame } from "./canvas-frame.tsx";
import { editMargin } from "./canvas-toolbar.tsx";
import { CanvasWindows } from "./canvas-windows.tsx";
import { grid, type Position } from "./card-size.ts";
import { clearHeaders } from "./clear-headers.ts";
import { connectionProblem } from "./connect.ts";
import { stillThere } from "./edit-actions.ts";
import { EditToolbar } from "./edit-toolbar.tsx";
import { FirstNode } from "./first-node.tsx";
import { canvasId } from "./focus-canvas.ts";
import { fromEdgeChanges, fromNodeChanges } from "./from-changes.ts";
import { containerAt } from "./geometry.ts";
import { dropTarget } from "./move-into.ts";
import type { CanvasNode } from "./to-canvas.ts";
import { type CanvasEdits, useCanvasEdits } from "./use-canvas-edits.ts";
import { useClipboard } from "./use-clipboard.ts";
import { useDrawn } from "./use-drawn.ts";
import { useReveal } from "./use-reveal.ts";
import { type PageCommands, useShortcuts } from "./use-shortcuts.ts";
import { wishOf } from "./wish-of.ts";

type EditCanvasProps = {
  store: FlowStore;
  labels: Pick<FlowVersion, "connectors" | "connections">;
  /** Number of problems by node id. */
  problems: ReadonlyMap<string, number>;
  /** A run of this flow to show on it: nothing can be changed meanwhile. */
  view: RunView | null;
  /** The node where that run is, or stopped: it stays in view while none is selected. */
  step: string | null;
  page: PageCommands;
};

const snapGrid: [number, number] = [grid, grid];
const multiSelection = ["Shift", "Meta", "Control"];
const dragLayer = 1_000;
/** How near to a port a dragged edge snaps to it. */
const reach = 32;

/** A flow to edit: add, connect, move, copy, delete, all of it by mouse or by keyboard, and all of it can be undone. */
export function EditCanvas(props: EditCanvasProps) {
  return (
    <ReactFlowProvider>
      <Surface {...props} />
    </ReactFlowProvider>
  );
}

function Surface({ store, labels, problems, view, step, page }: EditCanvasProps) {
  const document = useStore(store, drawnOf);
  const chosen = useCanvasSession((state) => state.selection);
  // What was deleted stays chosen, so that undoing brings it back so; nothing is offered for it meanwhile.
  const selection = useMemo(() => stillThere(document, chosen), [document, chosen]);
  const open = useCanvasSession((state) => state.open);
  const flow = useReactFlow();
  const edits = useCanvasEdits(store);
  const locked = view !== null;
  const iterations = useCanvasSession((state) => state.iterations);
  const drawn = useDrawn({ document, labels, view, selection, problems, iterations, editing: !locked });
  const { nodes, onNodesChange } = useMovingNodes(drawn.nodes, store, edits);
  const actions = useMemo(
    () => ({
      addAfter: (node: string, port: string) => open({ kind: "palette", place: { after: { node, port }, edge: null, at: null } }),
      addInside: (into: string) => open({ kind: "palette", place: { after: null, edge: null, into, at: null } }),
      addInto: (edge: string) => open({ kind: "palette", place: { after: null, edge, at: null } }),
    }),
    [open],
  );
  useShortcuts(edits, page, locked);
  useClipboard(edits, locked);
  useReveal(selection.nodes.length === 1 ? (selection.nodes[0] ?? null) : selection.nodes.length === 0 ? step : null, editMargin);

  const onConnectEnd = useCallback<OnConnectEnd>(
    (event, state) => {
      const wish = wishOf(event, state, documentOf(store.getState()));
      if (wish.to === "node") edits.join(wish.wish);
      else if (wish.to === "canvas")
        open({
          kind: "palette",
          place: { after: wish.after, edge: null, at: besidePointer(flow.screenToFlowPosition(wish.at)) },
        });
    },
    [store, edits, open, flow],
  );
  const onDoubleClick = (event: MouseEvent) => {
    const isEmpty = event.target instanceof Element && event.target.matches(".react-flow__pane, .node-frame");
    if (!isEmpty || locked) return;
    const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const place = { after: null, edge: null, into: containerAt(document, point), at: besidePointer(point) };
    open({ kind: "palette", place });
  };
  return (
    <CanvasActionsContext value={actions}>
      <CanvasFrame
        id={canvasId}
        aria-label="Canvas"
        tabIndex={0}
        className="-outline-offset-2"
        onDoubleClick={onDoubleClick}
        onMouseDownCapture={keepTextUnmarked}
        nodes={nodes}
        edges={drawn.edges}
        onNodesChange={onNodesChange}
        onEdgesChange={(changes) => {
          const { selection: next, edits: made } = fromEdgeChanges(changes, useCanvasSession.getState().selection);
          if (next) useCanvasSession.getState().select(next);
          if (made.length > 0) edits.edit(made);
        }}
        onConnectEnd={onConnectEnd}
        isValidConnection={({ source, sourceHandle, target }) =>
          connectionProblem(documentOf(store.getState()), { source, port: sourceHandle ?? "out", target }) === null
        }
        nodesDraggable={!locked}
        nodesConnectable={!locked}
        elementsSelectable
        disableKeyboardA11y
        snapToGrid
        snapGrid={snapGrid}
        connectionRadius={reach}
        multiSelectionKeyCode={multiSelection}
        zoomOnDoubleClick={false}
        margin={editMargin}
      >
        {!locked && <EditToolbar store={store} edits={edits} selection={selection} />}
        {!locked && document.nodes.length === 0 && <FirstNode edits={edits} />}
      </CanvasFrame>
      <CanvasWindows document={document} edits={edits} />
    </CanvasActionsContext>
  );
}

function drawnOf(state: ReturnType<FlowStore["getState"]>): Flow {
  return clearHeaders(documentOf(state)).flow;
}

/** Shift marks text up to where one clicks; on the canvas it selects nodes. */
function keepTextUnmarked(event: MouseEvent): void {
  if (!event.shiftKey) return;
  event.preventDefault();
  document.getElementById(canvasId)?.focus({ preventScroll: true });
}

/** A new card's port, not its corner, comes under the pointer. */
function besidePointer({ x, y }: Position): Position {
  return { x: x - grid, y };
}

/** While nodes are dragged the canvas alone knows where they are; the document takes their places when they are let go. */
function useMovingNodes(drawn: CanvasNode[], store: FlowStore, edits: CanvasEdits) {
  const [moving, setMoving] = useState<ReadonlyMap<string, Position> | null>(null);
  const nodes = useMemo(() => {
    if (!moving) return drawn;
    const target = dropTarget(drawnOf(store.getState()), Object.fromEntries(moving));
    return drawn.map((node) => {
      const position = moving.get(node.id);
      // Over what it is dragged across; a frame's inside and edges keep their places above it.
      if (position) return { ...node, position, dragging: true, ...(!node.data.frame && { zIndex: dragLayer }) };
      return node.id === target ? { ...node, className: `${node.className ?? ""} drop-target` } : node;
    });
  }, [drawn, moving, store]);
  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      const session = useCanvasSession.getState();
      const meant = fromNodeChanges(changes, drawnOf(store.getState()), session.selection);
      if (meant.selection) session.select(meant.selection);
      if (changes.some((change) => change.type === "position")) setMoving(meant.moving);
      if (meant.edits.length > 0) edits.edit(meant.edits);
      if (meant.refused !== null) notify("failed", "Not moved", meant.refused);
    },
    [store, edits],
  );
  return { nodes, onNodesChange };
}
