import { Panel, type ReactFlowState, useReactFlow, useStore } from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { IconButton } from "../ui/icon-button.tsx";

export const fitAll = { padding: 0.08, maxZoom: 1, minZoom: 0.1 };
const percent = (state: ReactFlowState) => Math.round(state.transform[2] * 100);

/** Zoom, and the whole flow at once. */
export function CanvasToolbar({ onFit }: { onFit: () => void }) {
  const flow = useReactFlow();
  const zoom = useStore(percent);
  return (
    <Panel position="bottom-left" className="flex items-center rounded-control border border-line bg-raised shadow-raised">
      <IconButton label="Zoom out" onClick={() => void flow.zoomOut()}>
        <Minus aria-hidden="true" />
      </IconButton>
      <span className="w-10 text-center text-muted text-xs tabular-nums">{zoom} %</span>
      <IconButton label="Zoom in" onClick={() => void flow.zoomIn()}>
        <Plus aria-hidden="true" />
      </IconButton>
      <span aria-hidden="true" className="h-4 border-line border-l" />
      <IconButton label="Show the whole flow" onClick={onFit}>
        <Maximize aria-hidden="true" />
      </IconButton>
    </Panel>
  );
}
