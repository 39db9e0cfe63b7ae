import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  type ReactFlowState,
  useReactFlow,
  useStore,
} from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { RunView } from "../../shared/run/run-view.ts";
import "./canvas.css";
import { CanvasToolbar, fitAll } from "./canvas-toolbar.tsx";
import { FlowEdgeLine } from "./edges/flow-edge-line.tsx";
import { keepSame } from "./keep-same.ts";
import { FlowNodeCard } from "./nodes/flow-node-card.tsx";
import { type CanvasEdge, type CanvasNode, toCanvas } from "./to-canvas.ts";

const nodeTypes = { "flow-node": FlowNodeCard };
const edgeTypes = { "flow-edge": FlowEdgeLine };
const minimapFrom = 40;
const minimapSize = { width: 176, height: 112 };
const minimapColours: Partial<Record<string, string>> = {
  succeeded: "var(--green-9)",
  failed: "var(--red-9)",
  waiting: "var(--amber-9)",
  running: "var(--accent-9)",
};

function minimapColour(node: CanvasNode): string {
  return minimapColours[node.data.status ?? ""] ?? "var(--neutral-7)";
}

type CanvasProps = {
  version: FlowVersion;
  /** The run to show on it; null shows the flow alone. */
  view: RunView | null;
  selected: string | null;
  /** Null when the choice was taken back: with Escape, or with a click beside the nodes. */
  onSelect: (node: string | null) => void;
};

/** A flow, to look at: pan, zoom, choose a node. */
export function FlowCanvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Surface {...props} />
    </ReactFlowProvider>
  );
}

function Surface({ version, view, selected, onSelect }: CanvasProps) {
  const drawn = useRef<{ nodes: CanvasNode[]; edges: CanvasEdge[] }>({ nodes: [], edges: [] });
  const { nodes, edges } = useMemo(() => {
    const next = toCanvas(version, view, selected);
    drawn.current = { nodes: keepSame(drawn.current.nodes, next.nodes), edges: keepSame(drawn.current.edges, next.edges) };
    return drawn.current;
  }, [version, view, selected]);
  const touched = useFitOnResize();
  const flow = useReactFlow();
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      fitView
      fitViewOptions={fitAll}
      minZoom={0.1}
      maxZoom={1.5}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesFocusable={false}
      deleteKeyCode={null}
      onlyRenderVisibleElements={nodes.length > minimapFrom}
      panOnScroll
      onMoveStart={(event) => {
        if (event) touched.current = true;
      }}
      onNodesChange={(changes) => {
        const selects = changes.filter((change) => change.type === "select");
        if (selects.length > 0) onSelect(selects.find((change) => change.selected)?.id ?? null);
      }}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} color="var(--canvas-dot)" />
      {nodes.length > minimapFrom && (
        <MiniMap
          pannable
          zoomable
          position="top-right"
          style={minimapSize}
          nodeColor={minimapColour}
          nodeStrokeWidth={0}
          maskColor="var(--minimap-veil)"
          bgColor="var(--raised)"
        />
      )}
      <CanvasToolbar
        onFit={() => {
          touched.current = false;
          void flow.fitView(fitAll);
        }}
      />
    </ReactFlow>
  );
}

const sizeOf = (state: ReactFlowState) => `${state.width} ${state.height}`;

/** Keeps the whole flow in view as the window and the panels change, until a person has moved the view. */
function useFitOnResize() {
  const touched = useRef(false);
  const { fitView } = useReactFlow();
  const size = useStore(sizeOf);
  useEffect(() => {
    if (!touched.current && !size.startsWith("0 ")) void fitView(fitAll);
  }, [size, fitView]);
  return touched;
}
