import type { ReactFlowState } from "@xyflow/react";

/** From afar a card shows less, and that larger: the name stays readable when a whole flow is in view. */
export function detail({ transform: [, , zoom] }: ReactFlowState): "near" | "middle" | "far" | "tiny" {
  if (zoom >= 0.7) return "near";
  if (zoom >= 0.45) return "middle";
  return zoom >= 0.28 ? "far" : "tiny";
}
