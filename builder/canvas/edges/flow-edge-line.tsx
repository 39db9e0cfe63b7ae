import { BaseEdge, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { memo } from "react";
import type { CanvasEdge } from "../to-canvas.ts";

const corner = 12;

/** A cable between two ports, in rounded steps. Its dashes move only while data does. */
export const FlowEdgeLine = memo(function FlowEdgeLine(edge: EdgeProps<CanvasEdge>) {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = edge;
  const [path] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    borderRadius: corner,
  });
  const state = edge.data?.state ?? "plain";
  return (
    <g data-edge-id={edge.id} data-state={state} data-selected={edge.selected || undefined} className="flow-edge">
      <BaseEdge path={path} interactionWidth={edge.interactionWidth ?? 0} />
      {state === "moving" && <path d={path} className="flow-edge-dashes" />}
    </g>
  );
});
