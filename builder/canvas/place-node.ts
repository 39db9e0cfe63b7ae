import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { outcomePorts } from "../../shared/flow/node-ports.ts";
import { type Direction, directionOf, grid, onGrid, type Position, type Size, sizeOf } from "./card-size.ts";

const gap = { along: 56, across: 40 };
/** Between a card and the next: to the right, room for the labels of ports. */
export const spaceAlong: Record<Direction, number> = { down: gap.along, right: gap.along + grid };

/** A free place behind a port of a node: the next step of the flow's direction, and to the side of it where that is taken. */
export function placeAfter(flow: Flow, after: { node: string; port: string }, node: FlowNode): Position {
  const source = flow.nodes.find(({ id }) => id === after.node);
  if (!source) return placeAtEnd(flow, node);
  return freePlace(flow, wantedAfter(flow, source, { port: after.port, node }), sizeOf(node, directionOf(flow)));
}

/** The place behind a port, whether or not it is free. */
export function wantedAfter(flow: Flow, source: FlowNode, { port, node }: { port: string; node: FlowNode }): Position {
  const direction = directionOf(flow);
  const { width, height } = sizeOf(source, direction);
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

/** Where a node goes that belongs to no other: below or beside all of them. */
export function placeAtEnd(flow: Flow, node: FlowNode): Position {
  const direction = directionOf(flow);
  const [first, ...others] = flow.nodes;
  if (!first) return { x: 0, y: 0 };
  const end = others.reduce((last, each) => {
    const key = direction === "down" ? "y" : "x";
    return each.position[key] > last.position[key] ? each : last;
  }, first);
  const { width, height } = sizeOf(end, direction);
  const { x, y } = end.position;
  const wanted = direction === "down" ? { x, y: y + height + spaceAlong.down } : { x: x + width + spaceAlong.right, y };
  return freePlace(flow, wanted, sizeOf(node, direction));
}

/** The place itself when no card is in the way, else the nearest free one to either side of it. */
export function freePlace(flow: Flow, wanted: Position, size: Size): Position {
  const direction = directionOf(flow);
  const start = onGrid(wanted);
  const step = direction === "down" ? size.width + gap.across : size.height + gap.across;
  for (let n = 0; ; n += 1) {
    for (const side of n === 0 ? [0] : [n, -n]) {
      const place = onGrid(
        direction === "down" ? { x: start.x + side * step, y: start.y } : { x: start.x, y: start.y + side * step },
      );
      if (!isTaken(flow, place, size)) return place;
    }
  }
}

/** Would a card of this size at this place touch another? */
export function isTaken(flow: Flow, place: Position, size: Size): boolean {
  const direction = directionOf(flow);
  return flow.nodes.some((node) => {
    const { width, height } = sizeOf(node, direction);
    const { x, y } = node.position;
    return (
      place.x < x + width + grid &&
      x < place.x + size.width + grid &&
      place.y < y + height + grid &&
      y < place.y + size.height + grid
    );
  });
}
