import type { Size } from "./card-size.ts";

/** Below this the names on the cards cannot be read. */
export const readableZoom = 0.6;

/** What of the surface is covered, or kept free, at each side. */
export type Margin = { left: number; right: number; top: number; bottom: number };
export type View = { x: number; y: number; zoom: number };
type Box = { position: { x: number; y: number }; width?: number | undefined; height?: number | undefined };
type Stretch = { from: number; to: number };

/**
 * The view a flow opens in: all of it, no larger than it is, as long as that can be read. One that is too large for it begins at
 * its triggers: where the flow does.
 */
export function openingView(nodes: readonly (Box & { starts: boolean })[], surface: Size, margin: Margin): View {
  const triggers = nodes.filter(({ starts }) => starts);
  const across = { all: stretchOf(nodes, "x"), start: stretchOf(triggers.length > 0 ? triggers : nodes, "x") };
  const down = { all: stretchOf(nodes, "y"), start: stretchOf(triggers.length > 0 ? triggers : nodes, "y") };
  const width = { from: margin.left, to: surface.width - margin.right };
  const height = { from: margin.top, to: surface.height - margin.bottom };
  const fitting = Math.min(1, lengthOf(width) / lengthOf(across.all), lengthOf(height) / lengthOf(down.all));
  const zoom = Math.max(fitting, readableZoom);
  return { x: offset(across, width, zoom), y: offset(down, height, zoom), zoom };
}

/** How far the view must move, and no further, so that a card lies in it. Its beginning counts more when it does not fit. */
export function revealing({ position, width = 0, height = 0 }: Box, view: View, surface: Size, margin: Margin): View {
  const { x, y, zoom } = view;
  const dx = shift(position.x * zoom + x, width * zoom, { from: margin.left, to: surface.width - margin.right });
  const dy = shift(position.y * zoom + y, height * zoom, { from: margin.top, to: surface.height - margin.bottom });
  return dx === 0 && dy === 0 ? view : { x: x + dx, y: y + dy, zoom };
}

/** The middle of all in the middle of the room; what does not fit begins at its start, and leaves no room empty behind its end. */
function offset({ all, start }: { all: Stretch; start: Stretch }, room: Stretch, zoom: number): number {
  const centred = (stretch: Stretch) => (room.from + room.to - (stretch.from + stretch.to) * zoom) / 2;
  if (lengthOf(all) * zoom <= lengthOf(room)) return centred(all);
  const wanted = lengthOf(start) * zoom <= lengthOf(room) ? centred(start) : room.from - start.from * zoom;
  return Math.min(Math.max(wanted, room.to - all.to * zoom), room.from - all.from * zoom);
}

function shift(start: number, length: number, { from, to }: Stretch): number {
  if (start < from) return from - start;
  return start + length > to ? Math.max(to - length, from) - start : 0;
}

function stretchOf(boxes: readonly Box[], axis: "x" | "y"): Stretch {
  const length = axis === "x" ? "width" : "height";
  const from = Math.min(...boxes.map(({ position }) => position[axis]));
  const to = Math.max(...boxes.map((box) => box.position[axis] + (box[length] ?? 0)));
  return boxes.length === 0 ? { from: 0, to: 0 } : { from, to };
}

function lengthOf({ from, to }: Stretch): number {
  return to - from;
}
