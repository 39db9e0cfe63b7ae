import { unreachable } from "../app-error.ts";
import type { FlowEdit } from "./edits.ts";
import type { Flow } from "./flow.ts";
import { insideItself, nestedTooDeep, tooDeepMessage } from "./nesting.ts";
import { parentOf } from "./node-ports.ts";

export type EditOutcome = { outcome: "applied"; flow: Flow; inverse: FlowEdit } | { outcome: "refused"; message: string };

/**
 * Applies one edit to a flow: pure, whole or not at all. `inverse` undoes it exactly, order of the lists included. What an edit may
 * not do is `refused`; what a draft may not be published with is `validateFlow`'s matter.
 */
export function applyEdit(flow: Flow, edit: FlowEdit): EditOutcome {
  switch (edit.edit) {
    case "add":
      return add(flow, edit);
    case "remove":
      return remove(flow, edit);
    case "move":
      return move(flow, edit);
    case "set-node":
      return setNode(flow, edit);
    case "pin":
      return pin(flow, edit);
    case "set-settings":
      return setSettings(flow, edit);
    default:
      return unreachable(edit);
  }
}

type Edit<Kind extends FlowEdit["edit"]> = Extract<FlowEdit, { edit: Kind }>;

function add(flow: Flow, { nodes, edges }: Edit<"add">): EditOutcome {
  const nodeIds = new Set(flow.nodes.map(({ id }) => id));
  for (const { node } of nodes) {
    if (nodeIds.has(node.id)) return refused(`there is a node "${node.id}" already`);
    nodeIds.add(node.id);
  }
  for (const { node } of nodes) {
    const parent = parentOf(node);
    if (parent !== null && !nodeIds.has(parent))
      return refused(`there is no node "${parent}" that "${node.id}" could be inside of`);
  }
  const edgeIds = new Set(flow.edges.map(({ id }) => id));
  for (const { edge } of edges) {
    if (edgeIds.has(edge.id)) return refused(`there is an edge "${edge.id}" already`);
    if (!nodeIds.has(edge.source)) return refused(`there is no node "${edge.source}"`);
    if (!nodeIds.has(edge.target)) return refused(`there is no node "${edge.target}"`);
    edgeIds.add(edge.id);
  }
  const next = {
    ...flow,
    nodes: inserted(
      flow.nodes,
      nodes.map(({ node, at }) => ({ item: node, at })),
    ),
    edges: inserted(
      flow.edges,
      edges.map(({ edge, at }) => ({ item: edge, at })),
    ),
  };
  const deep = deeper(flow, next);
  if (deep) return deep;
  const inverse: FlowEdit = { edit: "remove", nodes: nodes.map(({ node }) => node.id), edges: edges.map(({ edge }) => edge.id) };
  return { outcome: "applied", flow: next, inverse };
}

/** What is inside of a container goes with it. */
function remove(flow: Flow, edit: Edit<"remove">): EditOutcome {
  const nodeIds = withInside(flow, edit.nodes);
  const edgeIds = new Set(edit.edges);
  const goes = (edge: Flow["edges"][number]) => edgeIds.has(edge.id) || nodeIds.has(edge.source) || nodeIds.has(edge.target);
  const missingNode = edit.nodes.find((id) => !flow.nodes.some((node) => node.id === id));
  if (missingNode !== undefined) return refused(`there is no node "${missingNode}"`);
  const missingEdge = edit.edges.find((id) => !flow.edges.some((edge) => edge.id === id));
  if (missingEdge !== undefined) return refused(`there is no edge "${missingEdge}"`);
  const next = {
    ...flow,
    nodes: flow.nodes.filter(({ id }) => !nodeIds.has(id)),
    edges: flow.edges.filter((edge) => !goes(edge)),
  };
  const inverse: FlowEdit = {
    edit: "add",
    nodes: flow.nodes.flatMap((node, at) => (nodeIds.has(node.id) ? [{ node, at }] : [])),
    edges: flow.edges.flatMap((edge, at) => (goes(edge) ? [{ edge, at }] : [])),
  };
  return { outcome: "applied", flow: next, inverse };
}

function withInside({ nodes }: Flow, removed: readonly string[]): Set<string> {
  const found = new Set<string>(removed);
  // Mostly what is inside comes after its container, so that one more look finds nothing.
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const node of nodes) {
      const parent = parentOf(node);
      if (parent !== null && found.has(parent)) found.add(node.id);
    }
  }
  return found;
}

function move(flow: Flow, { positions }: Edit<"move">): EditOutcome {
  const missing = Object.keys(positions).find((id) => !flow.nodes.some((node) => node.id === id));
  if (missing !== undefined) return refused(`there is no node "${missing}"`);
  const before: Edit<"move">["positions"] = {};
  const nodes = flow.nodes.map((node) => {
    const position = Object.hasOwn(positions, node.id) ? positions[node.id] : undefined;
    if (!position) return node;
    before[node.id] = node.position;
    return { ...node, position };
  });
  return { outcome: "applied", flow: { ...flow, nodes }, inverse: { edit: "move", positions: before } };
}

function setNode(flow: Flow, { node }: Edit<"set-node">): EditOutcome {
  const before = flow.nodes.find(({ id }) => id === node.id);
  if (!before) return refused(`there is no node "${node.id}"`);
  if (before.kind !== node.kind) return refused(`"${node.id}" is a ${before.kind} and cannot become a ${node.kind}`);
  const parent = parentOf(node);
  if (parent !== null && !flow.nodes.some(({ id }) => id === parent))
    return refused(`there is no node "${parent}" that "${node.id}" could be inside of`);
  const nodes = flow.nodes.map((each) => (each.id === node.id ? node : each));
  const deep = parent === parentOf(before) ? null : deeper(flow, { ...flow, nodes });
  return deep ?? { outcome: "applied", flow: { ...flow, nodes }, inverse: { edit: "set-node", node: before } };
}

/** Whoever draws a flow works out what is known inside of each container, so nobody may be given one that nests too deep, or in a circle. */
function deeper(flow: Flow, next: Flow): EditOutcome | null {
  const circled = insideItself(next.nodes);
  if (circled && insideItself(flow.nodes) === null) return refused(`"${circled.name}" would be inside of itself`);
  const [first] = nestedTooDeep(next.nodes);
  return first && nestedTooDeep(flow.nodes).length === 0 ? refused(tooDeepMessage(first)) : null;
}

/** Items with a place go there, in the order of their places, so that each finds what was before it; the others to the end. */
function inserted<T>(list: readonly T[], items: { item: T; at: number | undefined }[]): T[] {
  const next = [...list];
  const placed = items.filter(({ at }) => at !== undefined).toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
  for (const { item, at } of placed) next.splice(at ?? next.length, 0, item);
  for (const { item, at } of items) if (at === undefined) next.push(item);
  return next;
}

function pin(flow: Flow, { connector, version }: Edit<"pin">): EditOutcome {
  const { [connector]: before, ...others } = flow.pins ?? {};
  const pins = version === null ? others : { ...others, [connector]: version };
  const { pins: _, ...rest } = flow;
  return {
    outcome: "applied",
    flow: Object.keys(pins).length > 0 ? { ...rest, pins } : rest,
    inverse: { edit: "pin", connector, version: before ?? null },
  };
}

/** Settings that say nothing are left out, so that a flow without any is as it was before it had some. */
function setSettings({ settings: before = {}, ...rest }: Flow, { settings }: Edit<"set-settings">): EditOutcome {
  const flow = Object.keys(settings).length > 0 ? { ...rest, settings } : rest;
  return { outcome: "applied", flow, inverse: { edit: "set-settings", settings: before } };
}

function refused(message: string): EditOutcome {
  return { outcome: "refused", message };
}
