import { inContainer } from "../../shared/flow/copy-nodes.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import { onGrid, type Position } from "./card-size.ts";
import { containerAt, geometryOf, intoFrame, withInside } from "./geometry.ts";

/** Where nodes were let go, by id; each place is relative to the container that its node is still in. */
type Dropped = Readonly<Record<string, Position>>;
export type Drop = { edits: FlowEdit[]; refused: string | null };

/**
 * What letting go of dragged nodes means: they are moved, or go into the container that they were dropped on, or out of theirs. No edge
 * crosses a border, so nodes that others hold by an edge stay where they are, with the reason in words.
 */
export function dropNodes(flow: Flow, dropped: Dropped): Drop {
  const nodes = flow.nodes.filter(({ id }) => dropped[id]);
  const from = commonParent(flow, nodes);
  const to = from === undefined ? undefined : dropTarget(flow, dropped);
  if (from === undefined || to === undefined || to === from)
    return { edits: [{ edit: "move", positions: placesKept(flow, nodes, dropped) }], refused: null };
  const problem = borderProblem(flow, nodes, to);
  if (problem !== null) return { edits: [], refused: problem };
  const geometry = geometryOf(flow);
  const [origin, target] = [geometry.placeOf(from), geometry.placeOf(to)];
  const places = nodes.map(({ id, position }) => {
    const { x, y } = dropped[id] ?? position;
    return onGrid({ x: x + origin.x - target.x, y: y + origin.y - target.y });
  });
  const by = to === null ? { x: 0, y: 0 } : intoFrame(places);
  return {
    edits: nodes.map((node, index): FlowEdit => {
      const { x, y } = places[index] ?? node.position;
      return { edit: "set-node", node: { ...inContainer(node, to), position: { x: x + by.x, y: y + by.y } } };
    }),
    refused: null,
  };
}

/** The container that dragged nodes would go into, null for none; undefined while they stay in theirs. */
export function dropTarget(flow: Flow, dropped: Dropped): string | null | undefined {
  const geometry = geometryOf(flow);
  const nodes = flow.nodes.filter(({ id }) => dropped[id]);
  const from = commonParent(flow, nodes);
  if (from === undefined || nodes.length === 0) return undefined;
  const origin = geometry.placeOf(from);
  const boxes = nodes.map((node) => {
    const { x, y } = dropped[node.id] ?? node.position;
    const { width, height } = geometry.size(node);
    return { left: x + origin.x, top: y + origin.y, right: x + origin.x + width, bottom: y + origin.y + height };
  });
  const box = {
    left: Math.min(...boxes.map(({ left }) => left)),
    top: Math.min(...boxes.map(({ top }) => top)),
    right: Math.max(...boxes.map(({ right }) => right)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
  const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  const target = containerAt(flow, middle, new Set(nodes.map(({ id }) => id)));
  if (target === from) return undefined;
  // What still touches its frame makes that larger, unless it was dropped on one inside of it.
  const container = flow.nodes.find(({ id }) => id === from);
  if (container && (target === null || !geometry.around(target).includes(container.id))) {
    const { width, height } = geometry.size(container);
    const touches = box.left < origin.x + width && box.right > origin.x && box.top < origin.y + height && box.bottom > origin.y;
    if (touches) return undefined;
  }
  return target;
}

/** Undefined where they have none in common: they are moved, and stay where they are inside. */
function commonParent(flow: Flow, nodes: readonly FlowNode[]): string | null | undefined {
  const parents = new Set(nodes.map(({ id }) => geometryOf(flow).parent(id)));
  const [parent, ...others] = parents;
  return others.length > 0 ? undefined : parent;
}

/** Places inside the same containers as before: nothing lies upon a header. */
export function placesKept(flow: Flow, nodes: readonly FlowNode[], dropped: Dropped): Record<string, Position> {
  const geometry = geometryOf(flow);
  const groups = new Map<string | null, FlowNode[]>();
  for (const node of nodes) {
    const parent = geometry.parent(node.id);
    groups.set(parent, [...(groups.get(parent) ?? []), node]);
  }
  return Object.fromEntries(
    [...groups].flatMap(([parent, group]) => {
      const by = parent === null ? { x: 0, y: 0 } : intoFrame(group.map(({ id, position }) => dropped[id] ?? position));
      return group.map(({ id, position }) => {
        const { x, y } = dropped[id] ?? position;
        return [id, { x: x + by.x, y: y + by.y }] as const;
      });
    }),
  );
}

/** Why nodes cannot change their container, in words; null when they can. */
function borderProblem(flow: Flow, nodes: readonly FlowNode[], to: string | null): string | null {
  const trigger = nodes.find(isTrigger);
  const nameOf = (id: string | null) => flow.nodes.find((node) => node.id === id)?.name ?? id;
  if (trigger) return `“${trigger.name}” is a trigger: it starts the flow, so it cannot be inside of “${nameOf(to)}”.`;
  const moving = withInside(
    flow,
    nodes.map(({ id }) => id),
  );
  const held = flow.edges.find(({ source, target }) => moving.has(source) !== moving.has(target));
  if (!held) return null;
  const [own, other] = moving.has(held.source) ? [held.source, held.target] : [held.target, held.source];
  const way = to === null ? "out" : `into “${nameOf(to)}”`;
  return `“${nameOf(own)}” cannot go ${way}: an edge joins it to “${nameOf(other)}”, and none may cross the border. Take the edge away first, or move both.`;
}
