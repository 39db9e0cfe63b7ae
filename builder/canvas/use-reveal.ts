import { type ReactFlowState, useReactFlow, useStore } from "@xyflow/react";
import { useEffect } from "react";
import type { Selection } from "../stores/selection.ts";

/** The toolbars' room, and below the buttons of the ports. */
const margin = { left: 72, top: 72, right: 24, bottom: 56 };
const sizeOfSurface = (state: ReactFlowState) => `${state.width} ${state.height}`;

/** Moves the view, no further than it must, so that the one selected node is in it: also when a panel takes room. */
export function useReveal({ nodes }: Selection): void {
  const flow = useReactFlow();
  const size = useStore(sizeOfSurface);
  const only = nodes.length === 1 ? nodes[0] : undefined;
  useEffect(() => {
    const node = only === undefined ? undefined : flow.getNode(only);
    const [width = 0, height = 0] = size.split(" ").map(Number);
    if (!node || width === 0) return;
    const { x, y, zoom } = flow.getViewport();
    const dx = shift(node.position.x * zoom + x, (node.width ?? 0) * zoom, { from: margin.left, to: width - margin.right });
    const dy = shift(node.position.y * zoom + y, (node.height ?? 0) * zoom, { from: margin.top, to: height - margin.bottom });
    if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom });
  }, [only, size, flow]);
}

/** How far a stretch must move to lie within another; its beginning counts more when it does not fit. */
function shift(start: number, length: number, { from, to }: { from: number; to: number }): number {
  if (start < from) return from - start;
  return start + length > to ? Math.max(to - length, from) - start : 0;
}
