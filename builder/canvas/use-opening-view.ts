import { type ReactFlowState, useReactFlow, useStore } from "@xyflow/react";
import { type RefObject, useLayoutEffect, useRef } from "react";
import { type Margin, openingView } from "./opening-view.ts";
import type { CanvasNode } from "./to-canvas.ts";

/** What decides about the view when the surface becomes larger or smaller. */
export type ViewChoice = "opening" | "whole" | "by hand";

const sizeOfSurface = (state: ReactFlowState) => `${state.width} ${state.height}`;

/** Shows a flow as it opens, and again as the window and the panels change, until a person has chosen what to see. */
export function useOpeningView(nodes: readonly CanvasNode[], margin: Margin, showWhole: () => void): RefObject<ViewChoice> {
  const choice = useRef<ViewChoice>("opening");
  const latest = useRef({ nodes, showWhole });
  latest.current = { nodes, showWhole };
  const { setViewport } = useReactFlow();
  const size = useStore(sizeOfSurface);
  useLayoutEffect(() => {
    const [width = 0, height = 0] = size.split(" ").map(Number);
    if (width === 0 || choice.current === "by hand") return;
    if (choice.current === "whole") return latest.current.showWhole();
    const boxes = latest.current.nodes
      // What is inside of a container lies within its box.
      .filter(({ parentId }) => parentId === undefined)
      .map((node) => ({ ...node, starts: node.data.entry === null }));
    void setViewport(openingView(boxes, { width, height }, margin));
  }, [size, margin, setViewport]);
  return choice;
}
