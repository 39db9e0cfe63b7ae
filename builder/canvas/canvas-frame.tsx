import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  type ReactFlowProps,
  type ReactFlowState,
  useReactFlow,
  useStore,
} from "@xyflow/react";
import { type RefObject, useEffect, useRef } from "react";
import "./canvas.css";
import { CanvasToolbar, fitAll, type fitEdited } from "./canvas-toolbar.tsx";
import { grid } from "./card-size.ts";
import { FlowEdgeLine } from "./edges/flow-edge-line.tsx";
import { FlowNodeCard } from "./nodes/flow-node-card.tsx";
import type { CanvasEdge, CanvasNode } from "./to-canvas.ts";

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

/** The surface that flows are drawn on: dots, zoom, a map of large flows. What one can do on it is up to who uses it. */
export function CanvasFrame({
  nodes = [],
  children,
  fitViewOptions = fitAll,
  ...rest
}: ReactFlowProps<CanvasNode, CanvasEdge> & { fitViewOptions?: Fit }) {
  const touched = useFitOnResize(fitViewOptions);
  const flow = useReactFlow();
  return (
    <ReactFlow
      nodes={nodes}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      fitView
      fitViewOptions={fitViewOptions}
      minZoom={0.1}
      maxZoom={1.5}
      deleteKeyCode={null}
      edgesFocusable={false}
      onlyRenderVisibleElements={nodes.length > minimapFrom}
      panOnScroll
      onMoveStart={(event) => {
        if (event) touched.current = true;
      }}
      {...rest}
    >
      <Background variant={BackgroundVariant.Dots} gap={grid} size={1.5} color="var(--canvas-dot)" />
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
          void flow.fitView(fitViewOptions);
        }}
      />
      {children}
    </ReactFlow>
  );
}

type Fit = typeof fitAll | typeof fitEdited;
const sizeOfSurface = (state: ReactFlowState) => `${state.width} ${state.height}`;

/** Keeps the whole flow in view as the window and the panels change, until a person has moved the view. */
function useFitOnResize(fit: Fit): RefObject<boolean> {
  const touched = useRef(false);
  const { fitView } = useReactFlow();
  const size = useStore(sizeOfSurface);
  useEffect(() => {
    if (!touched.current && !size.startsWith("0 ")) void fitView(fit);
  }, [size, fitView, fit]);
  return touched;
}
