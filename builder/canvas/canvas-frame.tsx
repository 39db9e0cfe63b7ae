import { Background, BackgroundVariant, MiniMap, ReactFlow, type ReactFlowProps, useReactFlow } from "@xyflow/react";
import "./canvas.css";
import "./frames.css";
import { CanvasToolbar, fitWithin, viewMargin } from "./canvas-toolbar.tsx";
import { grid } from "./card-size.ts";
import { FlowEdgeLine } from "./edges/flow-edge-line.tsx";
import { FlowFrame } from "./nodes/flow-frame.tsx";
import { FlowNodeCard } from "./nodes/flow-node-card.tsx";
import type { Margin } from "./opening-view.ts";
import type { CanvasEdge, CanvasNode } from "./to-canvas.ts";
import { useOpeningView } from "./use-opening-view.ts";

const nodeTypes = { "flow-node": FlowNodeCard, "flow-frame": FlowFrame };
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
  // What is inside lies over it.
  if (node.data.frame) return "var(--neutral-4)";
  return minimapColours[node.data.status ?? ""] ?? "var(--neutral-7)";
}

/** The surface that flows are drawn on: dots, zoom, a map of large flows. What one can do on it is up to who uses it. */
export function CanvasFrame({
  nodes = [],
  children,
  margin = viewMargin,
  ...rest
}: ReactFlowProps<CanvasNode, CanvasEdge> & { margin?: Margin }) {
  const flow = useReactFlow();
  const showWhole = () => void flow.fitView(fitWithin(margin));
  const chosen = useOpeningView(nodes, margin, showWhole);
  return (
    <ReactFlow
      nodes={nodes}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      minZoom={0.1}
      maxZoom={1.5}
      deleteKeyCode={null}
      edgesFocusable={false}
      // What is inside of a container lies over it, and edges between: `to-canvas.ts` says in which order.
      zIndexMode="manual"
      onlyRenderVisibleElements={nodes.length > minimapFrom}
      panOnScroll
      onMoveStart={(event) => {
        if (event) chosen.current = "by hand";
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
          chosen.current = "whole";
          showWhole();
        }}
      />
      {children}
    </ReactFlow>
  );
}
