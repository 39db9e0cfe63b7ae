import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { outcomePorts, parentOf } from "../../shared/flow/node-ports.ts";
import { type Direction, directionOf, frameInset, grid, onGrid, type Position, type Size, sizeOf } from "./card-size.ts";
import { geometryOf } from "./geometry.ts";

const gap = { along: 56, across: 40 };
/** Between a card and the next: to the right, room for the labels of ports. */
export const spaceAlong: Record<Direction, number> = { down: gap.along, right: gap.along + grid };

/** A free place behind a port of a node: the next step of the flow's direction, and to the side of it where that is taken. */
export function placeAfter(flow: Flow, after: { node: string; port: string }, node: FlowNode): Position {
  const source = flow.nodes.find(({ id }) => id === after.node);
  if (!source) return placeAtEnd(flow, node);
  const size = sizeOf(node, directionOf(flow));
  return freePlace(flow, wantedAfter(flow, source, { port: after.port, node }), { size, parent: parentOf(node) });
}

/** The place behind a port, whether or not it is free. */
export function wantedAfter(flow: Flow, source: FlowNode, { port, node }: { port: string; node: FlowNode }): Position {
  const direction = directionOf(flow);
  const { width, height } = geometryOf(flow).size(source);
  const size = sizeOf(node, direction);
  const ports = outcomePorts(source);
  const index = ports.indexOf(port);
  // The error port is behind the last; a single port leads straight on.
  const side = index < 0 ? ports.length / 2 : index - (ports.length - 1) / 2;
  const across = direction === "down" ? size.width + gap.across : size.height + gap.across;
  const { x, y } = source.position;
  return direction === "down"
    ? { x: x + (width - size.width) / 2 + side * across, y: y + height + spaceAlong.down }
    : { x: x + width + spaceAlong.right, y: y + (height - size.height) / 2 + side * across };
}

/** Where a node goes that belongs to no other: below or beside all of them that are in the same container, or at the top. */
export function placeAtEnd(flow: Flow, node: FlowNode): Position {
  const direction = directionOf(flow);
  const parent = parentOf(node);
  const [first, ...others] = geometryOf(flow).inside(parent);
  if (!first) return parent === null ? { x: 0, y: 0 } : { x: frameInset.left, y: frameInset.top };
  const end = others.reduce((last, each) => {
    const key = direction === "down" ? "y" : "x";
    return each.position[key] > last.position[key] ? each : last;
  }, first);
  const { width, height } = geometryOf(flow).size(end);
  const { x, y } = end.position;
  const wanted = direction === "down" ? { x, y: y + height + spaceAlong.down } : { x: x + width + spaceAlong.right, y };
  return freePlace(flow, wanted, { size: sizeOf(node, direction), parent });
}

/** How large a card is, and the container that it goes into. */
type Room = { size: Size; parent: string | null };

/** The place itself when no card is in the way, else the nearest free one to either side of it. */
export function freePlace(flow: Flow, wanted: Position, room: Room): Position {
  const { size, parent } = room;
  const direction = directionOf(flow);
  const free = onGrid(wanted);
  const start = parent === null ? free : { x: Math.max(free.x, frameInset.left), y: Math.max(free.y, frameInset.top) };
  const step = direction === "down" ? size.width + gap.across : size.height + gap.across;
  for (let n = 0; ; n += 1) {
    for (const side of n === 0 ? [0] : [n, -n]) {
      const place = onGrid(
        direction === "down" ? { x: start.x + side * step, y: start.y } : { x: start.x, y: start.y + side * step },
      );
      if (!isTaken(flow, place, room)) return place;
    }
  }
}

/** Would a card of this size at this place touch another of the same container, or its header? */
export function isTaken(flow: Flow, place: Position, { size, parent }: Room): boolean {
  const geometry = geometryOf(flow);
  if (parent !== null && (place.x < frameInset.left || place.y < frameInset.top)) return true;
  return geometry.inside(parent).some((node) => {
    const { width, height } = geometry.size(node);
    const { x, y } = node.position;
    return (
      place.x < x + width + grid &&
      x < place.x + size.width + grid &&
      place.y < y + height + grid &&
      y < place.y + size.height + grid
    );
  });
}
