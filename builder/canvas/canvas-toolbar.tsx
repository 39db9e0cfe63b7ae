import { Panel, type ReactFlowState, useReactFlow, useStore } from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { IconButton } from "../ui/icon-button.tsx";
import type { Margin } from "./opening-view.ts";

/** Room at the left for the toolbar, so that it covers no node. */
export const viewMargin: Margin = { left: 72, right: 32, top: 40, bottom: 56 };
/** The same where there is a toolbar at the top too. */
export const editMargin: Margin = { ...viewMargin, top: 76 };

/** How React Flow is told to show all of a flow, however small that becomes. */
export function fitWithin({ left, right, top, bottom }: Margin) {
  const padding = { left: `${left}px`, right: `${right}px`, top: `${top}px`, bottom: `${bottom}px` } as const;
  return { padding, maxZoom: 1, minZoom: 0.1 };
}
const percent = (state: ReactFlowState) => Math.round(state.transform[2] * 100);

/** Zoom, and the whole flow at once. */
export function CanvasToolbar({ onFit }: { onFit: () => void }) {
  const flow = useReactFlow();
  const zoom = useStore(percent);
  return (
    <Panel
      position="bottom-left"
      className="flex flex-col items-center rounded-control border border-line bg-raised shadow-raised"
    >
      <IconButton label="Zoom in" side="right" onClick={() => void flow.zoomIn()}>
        <Plus aria-hidden="true" />
      </IconButton>
      <span className="w-10 py-0.5 text-center text-muted text-xs tabular-nums">{zoom}%</span>
      <IconButton label="Zoom out" side="right" onClick={() => void flow.zoomOut()}>
        <Minus aria-hidden="true" />
      </IconButton>
      <span aria-hidden="true" className="w-4 border-line border-t" />
      <IconButton label="Show the whole flow" side="right" onClick={onFit}>
        <Maximize aria-hidden="true" />
      </IconButton>
    </Panel>
  );
}
