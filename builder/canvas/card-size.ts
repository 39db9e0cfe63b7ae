import type { FlowVersion } from "../../shared/api/runs.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isContainer, outcomePorts } from "../../shared/flow/node-ports.ts";

/** Where the flow goes: ports sit at the left and right of the cards, or at their top and bottom. */
export type Direction = "right" | "down";
export type Size = { width: number; height: number };
export type Position = { x: number; y: number };

/** The size of a card is fixed, so that its ports are known without measuring. The tokens hold the same numbers. */
export const nodeSize: Size = { width: 248, height: 64 };
/** Nodes come to rest on the dots. */
export const grid = 20;
/** What a frame keeps free around what is inside of it: its header above, room for ports and their buttons behind. */
export const frameInset = { left: 2 * grid, top: 5 * grid, right: 2 * grid, bottom: 2 * grid } as const;
/** Of a container without anything inside: its header, and room for one card. */
export const emptyFrame: Size = { width: 328, height: 224 };
/** What is larger than the smallest is so by these steps: then its middle comes to rest where that of a card does, and edges are straight. */
export const frameStep = 2 * grid;
const portGap: Record<Direction, number> = { right: 24, down: 96 };

/**
 * Only a switch of many cases is larger: each of its ports, the one for errors too, needs room for a label. Of a container it is the size
 * while nothing is inside; `geometry.ts` knows the others.
 */
export function sizeOf(node: FlowNode, direction: Direction): Size {
  if (isContainer(node)) return emptyFrame;
  const ports = outcomePorts(node).length;
  if (ports <= 2) return nodeSize;
  const side = (ports + 1) * portGap[direction];
  return direction === "right"
    ? { ...nodeSize, height: stepped(nodeSize.height, side) }
    : { ...nodeSize, width: stepped(nodeSize.width, side) };
}

/** At least `wanted`, and larger than the smallest by whole steps. */
function stepped(smallest: number, wanted: number): number {
  return smallest + Math.max(0, Math.ceil((wanted - smallest) / frameStep)) * frameStep;
}

/**
 * A flow is drawn the way most of its edges go; a new one goes down. However far its branches lie apart, an edge counts once: by then
 * it goes both ways. Where as many go one way as the other, the longer way counts.
 */
export function directionOf({ nodes, edges }: FlowVersion["document"]): Direction {
  const positions = new Map(nodes.map((node) => [node.id, node.position]));
  let ways = 0;
  let lengths = 0;
  for (const edge of edges) {
    const from = positions.get(edge.source);
    const to = positions.get(edge.target);
    if (!from || !to) continue;
    // A card is four times as wide as high: one column and one row are equal steps.
    const right = Math.abs(to.x - from.x) / nodeSize.width;
    const down = Math.abs(to.y - from.y) / nodeSize.height;
    ways += Number(right >= 1) - Number(down >= 1);
    lengths += right - down;
  }
  return (ways || lengths) > 0 ? "right" : "down";
}

export function onGrid({ x, y }: Position): Position {
  // Zero is added because a rounded -7 is -0.
  return { x: Math.round(x / grid) * grid + 0, y: Math.round(y / grid) * grid + 0 };
}
