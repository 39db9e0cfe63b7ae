import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isContainer, parentOf } from "../../shared/flow/node-ports.ts";
import { type Direction, directionOf, emptyFrame, frameInset, frameStep, type Position, type Size, sizeOf } from "./card-size.ts";

/** Where the nodes of a flow lie: positions inside a container are relative to it, and its size follows from what is inside. */
export type Geometry = {
  direction: Direction;
  size: (node: FlowNode) => Size;
  /** Its place on the canvas itself. */
  placeOf: (id: string | null) => Position;
  /** The container that it is drawn in; null at the top, where also those are drawn whose container is none. */
  parent: (id: string) => string | null;
  /** Nodes directly inside of a container; with null those at the top. */
  inside: (container: string | null) => readonly FlowNode[];
  /** The containers around a node, the innermost first. */
  around: (id: string) => string[];
};

const known = new WeakMap<Flow, Geometry>();

/** Documents are never changed in place, so each is measured once. */
export function geometryOf(flow: Flow): Geometry {
  const before = known.get(flow);
  if (before) return before;
  const made = measure(flow);
  known.set(flow, made);
  return made;
}

function measure(flow: Flow): Geometry {
  const direction = directionOf(flow);
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]));
  const parents = new Map(flow.nodes.map((node) => [node.id, drawnIn(node, nodes)]));
  const inside = new Map<string | null, FlowNode[]>();
  for (const node of flow.nodes) {
    const parent = parents.get(node.id) ?? null;
    const siblings = inside.get(parent);
    if (siblings) siblings.push(node);
    else inside.set(parent, [node]);
  }
  const sizes = new Map<string, Size>();
  const size = (node: FlowNode): Size => {
    if (!isContainer(node)) return sizeOf(node, direction);
    const measured = sizes.get(node.id);
    if (measured) return measured;
    const found = frameSize((inside.get(node.id) ?? []).map((each) => ({ position: each.position, size: size(each) })));
    sizes.set(node.id, found);
    return found;
  };
  const around = (id: string): string[] => {
    const parent = parents.get(id) ?? null;
    return parent === null ? [] : [parent, ...around(parent)];
  };
  const placeOf = (id: string | null): Position => {
    const node = id === null ? undefined : nodes.get(id);
    if (!node) return { x: 0, y: 0 };
    const origin = placeOf(parents.get(node.id) ?? null);
    return { x: origin.x + node.position.x, y: origin.y + node.position.y };
  };
  return {
    direction,
    size,
    placeOf,
    parent: (id) => parents.get(id) ?? null,
    inside: (container) => inside.get(container) ?? [],
    around,
  };
}

/** A draft may be wrong: a container that is gone, is none, or is inside of its own inside, holds nothing. */
function drawnIn(node: FlowNode, nodes: ReadonlyMap<string, FlowNode>): string | null {
  const parent = parentOf(node);
  const container = parent === null ? undefined : nodes.get(parent);
  if (!container || !isContainer(container)) return null;
  const seen = new Set([node.id]);
  for (let each: FlowNode | undefined = container; each; ) {
    if (seen.has(each.id)) return null;
    seen.add(each.id);
    const next = parentOf(each);
    each = next === null ? undefined : nodes.get(next);
  }
  return container.id;
}

/** As large as what is inside needs, with room around it for ports and their buttons; never smaller than an empty one. */
export function frameSize(inside: readonly { position: Position; size: Size }[]): Size {
  const atLeast = (least: number, needed: number) => least + Math.ceil(Math.max(0, needed - least) / frameStep) * frameStep;
  const right = Math.max(0, ...inside.map(({ position, size }) => position.x + size.width));
  const bottom = Math.max(0, ...inside.map(({ position, size }) => position.y + size.height));
  return {
    width: atLeast(emptyFrame.width, right + frameInset.right),
    height: atLeast(emptyFrame.height, bottom + frameInset.bottom),
  };
}

/** How far things must move so that none of them lies upon a frame's header or border. */
export function intoFrame(places: readonly Position[]): Position {
  return {
    x: Math.max(0, ...places.map(({ x }) => frameInset.left - x)),
    y: Math.max(0, ...places.map(({ y }) => frameInset.top - y)),
  };
}

/** The innermost container at a point of the canvas, those of `except` and what is inside of them left out. */
export function containerAt(flow: Flow, { x, y }: Position, except: ReadonlySet<string> = new Set()): string | null {
  const geometry = geometryOf(flow);
  const within = (container: string | null): string | null => {
    for (const node of geometry.inside(container).toReversed()) {
      if (!isContainer(node) || except.has(node.id)) continue;
      const place = geometry.placeOf(node.id);
      const { width, height } = geometry.size(node);
      if (x >= place.x && x <= place.x + width && y >= place.y && y <= place.y + height) return within(node.id) ?? node.id;
    }
    return null;
  };
  return within(null);
}

/** Nodes, and all that is inside of them. */
export function withInside(flow: Flow, ids: Iterable<string>): Set<string> {
  const geometry = geometryOf(flow);
  const all = new Set(ids);
  // A set gives what is added to it while it is walked through.
  for (const id of all) for (const inner of geometry.inside(id)) all.add(inner.id);
  return all;
}

/** Of these nodes those that move of their own: what is inside of another of them moves with it. */
export function withoutInside(flow: Flow, ids: readonly string[]): string[] {
  const chosen = new Set(ids);
  return ids.filter(
    (id) =>
      !geometryOf(flow)
        .around(id)
        .some((container) => chosen.has(container)),
  );
}
