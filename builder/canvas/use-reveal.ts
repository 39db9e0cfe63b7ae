import { type ReactFlowState, useReactFlow, useStore } from "@xyflow/react";
import { useLayoutEffect } from "react";
import { type Margin, revealing } from "./opening-view.ts";

const sizeOfSurface = (state: ReactFlowState) => `${state.width} ${state.height}`;

/** Moves the view, no further than it must, so that a node is in it: also when a panel takes room. */
export function useReveal(id: string | null, margin: Margin): void {
  const flow = useReactFlow();
  const size = useStore(sizeOfSurface);
  // React Flow hears of a new node after this has been drawn.
  const isDrawn = useStore((state) => id !== null && state.nodeLookup.has(id));
  useLayoutEffect(() => {
    const found = id === null || !isDrawn ? undefined : flow.getInternalNode(id);
    const node = found && { width: found.width, height: found.height, position: found.internals.positionAbsolute };
    const [width = 0, height = 0] = size.split(" ").map(Number);
    if (!node || width === 0) return;
    const view = flow.getViewport();
    const next = revealing(node, view, { width, height }, margin);
    if (next !== view) void flow.setViewport(next);
  }, [id, isDrawn, size, margin, flow]);
}
