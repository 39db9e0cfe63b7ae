import { BaseEdge, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { memo, useState } from "react";
import { edgeStub } from "../bend-edges.ts";
import type { CanvasEdge } from "../to-canvas.ts";
import { AddInto } from "./add-into.tsx";

const corner = 12;

/** A cable between two ports, in rounded steps. Its dashes move only while data does. */
export const FlowEdgeLine = memo(function FlowEdgeLine(edge: EdgeProps<CanvasEdge>) {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = edge;
  const [pointed, setPointed] = useState(false);
  const { state = "plain", bend = 0.5, between = null } = edge.data ?? {};
  const [path, x, y] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    borderRadius: corner,
    offset: edgeStub,
    stepPosition: bend,
  });
  return (
    <g
      data-edge-id={edge.id}
      data-state={state}
      data-selected={edge.selected || undefined}
      className="flow-edge"
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
    >
      <BaseEdge path={path} interactionWidth={edge.interactionWidth ?? 0} />
      {state === "moving" && <path d={path} className="flow-edge-dashes" />}
      {between && (pointed || edge.selected) && <AddInto edge={edge.id} between={between} at={{ x, y }} />}
    </g>
  );
});
