import { ReactFlowProvider } from "@xyflow/react";
import { useMemo } from "react";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { RunView } from "../../shared/run/run-view.ts";
import { useCanvasSession } from "../stores/canvas-session.ts";
import { nothing, onlyNode } from "../stores/selection.ts";
import { CanvasFrame } from "./canvas-frame.tsx";
import { viewMargin } from "./canvas-toolbar.tsx";
import { useDrawn } from "./use-drawn.ts";
import { useReveal } from "./use-reveal.ts";

type CanvasProps = {
  version: FlowVersion;
  /** The run to show on it; null shows the flow alone. */
  view: RunView | null;
  selected: string | null;
  /** Null when the choice was taken back: with Escape, or with a click beside the nodes. */
  onSelect: (node: string | null) => void;
};

/** A flow, to look at: pan, zoom, choose a node. What is chosen, the step where a run is or stopped among it, comes into view. */
export function FlowCanvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Surface {...props} />
    </ReactFlowProvider>
  );
}

function Surface({ version, view, selected, onSelect }: CanvasProps) {
  const selection = useMemo(() => (selected === null ? nothing : onlyNode(selected)), [selected]);
  const iterations = useCanvasSession((state) => state.iterations);
  const drawn = useDrawn({ document: version.document, labels: version, view, selection, iterations });
  useReveal(selected, viewMargin);
  return (
    <CanvasFrame
      {...drawn}
      nodesDraggable={false}
      nodesConnectable={false}
      onNodesChange={(changes) => {
        const selects = changes.filter((change) => change.type === "select");
        if (selects.length > 0) onSelect(selects.find((change) => change.selected)?.id ?? null);
      }}
    />
  );
}
