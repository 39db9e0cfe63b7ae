import type { FlowEdge } from "../../shared/flow/flow.ts";
import { type Direction, nodeSize, type Position } from "./card-size.ts";

/** How far an edge leaves a port before it may turn. */
export const edgeStub = 12;
/** So near an edge may pass by a card. */
const clearance = 4;
const middle = 0.5;
/** How far behind the stub an edge turns that turns at once: in the gap before the next row of cards, behind a label. */
const atOnce = 24;

type Drawn = {
  id: string;
  position: Position;
  width?: number | undefined;
  height?: number | undefined;
  handles?: { type: string; id?: string | null; x: number; y: number; width?: number; height?: number }[] | undefined;
};
/** Along the flow's direction and across it, so that flows to the right and down are one case. */
type Point = { along: number; across: number };
type Card = { id: string; from: Point; to: Point };
type Cable = { id: string; source: string; port: string; from: Point; to: Point };

/**
 * Where each edge turns, from 0 at its source to 1 at its target. Edges of one node turn one behind the other, so that none lies
 * upon another, and edges that pass several rows turn where the fewest cards are in their way.
 */
export function bendEdges(
  edges: readonly FlowEdge[],
  nodes: readonly Drawn[],
  direction: Direction,
): ReadonlyMap<string, number> {
  const point = ({ x, y }: Position): Point => (direction === "down" ? { along: y, across: x } : { along: x, across: y });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const portAt = (id: string, type: string, port: string) => {
    const node = byId.get(id);
    const handle = node?.handles?.find((each) => each.type === type && each.id === port);
    if (!node || !handle) return null;
    const { width = 0, height = 0 } = handle;
    return point({ x: node.position.x + handle.x + width / 2, y: node.position.y + handle.y + height / 2 });
  };
  const cables = edges.flatMap(({ id, source, port, target }): Cable[] => {
    const from = portAt(source, "source", port);
    const to = portAt(target, "target", "in");
    return from && to ? [{ id, source, port, from, to }] : [];
  });
  const cards = nodes.map(({ id, position: { x, y }, width = 0, height = 0 }): Card => {
    return { id, from: point({ x, y }), to: point({ x: x + width, y: y + height }) };
  });
  const bySource = groupBy(cables, ({ source }) => source);
  const bends = new Map([...bySource.values()].flatMap(oneBehindTheOther));
  for (const cable of cables) {
    // To the right the label of a port lies where its edge would turn up or down.
    if (direction === "right" && cable.port !== "out") bends.set(cable.id, behindLabel(bends.get(cable.id) ?? middle));
    if (mayMeetCards(cable, direction)) bends.set(cable.id, freest(cable, cards, bends.get(cable.id) ?? middle));
  }
  return bends;
}

function behindLabel(bend: number): number {
  return middle + bend * (1 - middle);
}

/** Of the edges that turn to the same side the outermost turns first: then they do not cross. */
function oneBehindTheOther(cables: readonly Cable[]): [id: string, bend: number][] {
  const ports = [...groupBy(cables, ({ port }) => port).values()];
  const at = (port: readonly Cable[]) => port[0]?.from.across ?? 0;
  const turns = (port: readonly Cable[], side: 1 | -1) => port.some(({ from, to }) => (to.across - from.across) * side > 0);
  const right = ports.filter((port) => turns(port, 1)).toSorted((one, other) => at(other) - at(one));
  const left = ports.filter((port) => turns(port, -1) && !right.includes(port)).toSorted((one, other) => at(one) - at(other));
  // Where an edge that goes right begins left of one that goes left they would share a line.
  const meet = right.length > 0 && left.length > 0 && Math.min(...right.map(at)) < Math.max(...left.map(at));
  const groups = meet ? [[...right, ...left]] : [right, left];
  return groups.flatMap((group) =>
    group.flatMap((port, rank) => port.map(({ id }): [string, number] => [id, (rank + 1) / (group.length + 1)])),
  );
}

/** Browsers of two years ago have no `Map.groupBy`. */
function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function mayMeetCards({ from, to }: Cable, direction: Direction): boolean {
  return to.along - from.along > (direction === "down" ? nodeSize.height : nodeSize.width) + 2 * edgeStub;
}

function freest(cable: Cable, cards: readonly Card[], wanted: number): number {
  const near = cards.filter(({ from, to }) => from.along < cable.to.along && to.along > cable.from.along);
  const early = Math.min(middle, atOnce / (cable.to.along - cable.from.along - 2 * edgeStub));
  let best = { bend: wanted, met: Number.POSITIVE_INFINITY };
  for (const bend of [wanted, 1 - early, early, 0.7, 0.3]) {
    const met = near.filter((card) => passesThrough(cable, bend, card)).length;
    if (met < best.met) best = { bend, met };
    if (met === 0) break;
  }
  return best.bend;
}

function passesThrough({ from, to }: Cable, bend: number, card: Card): boolean {
  const turn = from.along + edgeStub + (to.along - from.along - 2 * edgeStub) * bend;
  const meets = (one: Point, other: Point) =>
    Math.max(one.along, other.along) > card.from.along - clearance &&
    Math.min(one.along, other.along) < card.to.along + clearance &&
    Math.max(one.across, other.across) > card.from.across - clearance &&
    Math.min(one.across, other.across) < card.to.across + clearance;
  // Both ends of an edge touch a card of their own.
  const start = { ...from, along: from.along + edgeStub };
  const end = { ...to, along: to.along - edgeStub };
  const first = { along: turn, across: from.across };
  const second = { along: turn, across: to.across };
  return meets(start, first) || meets(first, second) || meets(second, end);
}
