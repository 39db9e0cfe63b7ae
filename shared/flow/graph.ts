import type { RunError } from "../run/run.ts";
import { isSettled, type RunView, stepKey } from "../run/run-view.ts";
import type { ContainerNode } from "./container-node.ts";
import type { Flow, FlowEdge } from "./flow.ts";
import { countAround } from "./nesting.ts";
import type { FlowNode } from "./node.ts";
import { isContainer, isTrigger, parentOf } from "./node-ports.ts";

/** A flow indexed for walking. Build it once per version. */
export type Graph = {
  nodes: Map<string, FlowNode>;
  incoming: Map<string, FlowEdge[]>;
  outgoing: Map<string, FlowEdge[]>;
  /** The nodes directly inside of each container; under null those at the top. */
  inside: Map<string | null, FlowNode[]>;
  /** How many for-each containers are around a node: the length of its iteration path. */
  depth: Map<string, number>;
};

/** Indexes a flow. Edges that do not join two of its nodes are left out. */
export function buildGraph(flow: Flow): Graph {
  const graph: Graph = {
    nodes: new Map(),
    incoming: new Map(),
    outgoing: new Map(),
    inside: new Map([[null, []]]),
    depth: countAround(flow.nodes, ({ kind }) => kind === "for-each"),
  };
  for (const node of flow.nodes) {
    graph.nodes.set(node.id, node);
    graph.incoming.set(node.id, []);
    graph.outgoing.set(node.id, []);
    const siblings = graph.inside.get(parentOf(node));
    if (siblings) siblings.push(node);
    else graph.inside.set(parentOf(node), [node]);
  }
  for (const edge of flow.edges) {
    const incoming = graph.incoming.get(edge.target);
    const outgoing = graph.outgoing.get(edge.source);
    // Half an edge would never settle and would look like a cycle; validateFlow reports it.
    if (!incoming || !outgoing) continue;
    incoming.push(edge);
    outgoing.push(edge);
  }
  return graph;
}

/** The containers around a node, the innermost first. A circle of containers, which no valid flow has, is walked once. */
export function containersOf(graph: Graph, id: string): ContainerNode[] {
  const around = new Set<ContainerNode>();
  for (let node = graph.nodes.get(id); node; ) {
    const parent = parentOf(node);
    node = parent === null ? undefined : graph.nodes.get(parent);
    if (!node || !isContainer(node) || around.has(node)) break;
    around.add(node);
  }
  return [...around];
}

/**
 * One set of nodes that is run together: those at the top, those inside of a try, or those of one iteration of a for-each. `path` is the
 * iteration path of its steps.
 */
export type Scope = { container: string | null; path: number[] };
export const topScope: Scope = { container: null, path: [] };

export type EdgeState = "pending" | "taken" | "skipped";

/**
 * Success takes the edges of its outcome's ports, failure those of the error port; every other edge of a settled node is skipped.
 * An edge of a node that has not settled is pending.
 */
export function edgeState(edge: FlowEdge, view: RunView, path: number[] = []): EdgeState {
  const step = view.steps[stepKey(edge.source, path)];
  if (!step || !isSettled(step)) return "pending";
  // A failure whose step was to go on has ports as well.
  if (step.ports.includes(edge.port)) return "taken";
  return step.status === "failed" && edge.port === "error" ? "taken" : "skipped";
}

/**
 * What the next turn of a scope does, given the view of its run: nodes to execute, and nodes whose every incoming edge was skipped.
 * `over`: each of its nodes has settled.
 */
export type NextNodes = { ready: FlowNode[]; skipped: FlowNode[]; over: boolean };

/**
 * A node is ready when all its incoming edges are settled and one is taken; when all are skipped it is skipped. The first nodes inside
 * a container, which have no incoming edge, are ready at once. Triggers other than the one that started the run are skipped. Nodes
 * that already have a step are left out.
 */
export function nextNodes(graph: Graph, view: RunView, { container, path }: Scope = topScope): NextNodes {
  const next: NextNodes = { ready: [], skipped: [], over: true };
  for (const node of graph.inside.get(container) ?? []) {
    const step = view.steps[stepKey(node.id, path)];
    if (step) {
      if (!isSettled(step)) next.over = false;
      continue;
    }
    next.over = false;
    if (isTrigger(node)) {
      if (node.id !== view.trigger) next.skipped.push(node);
      continue;
    }
    const incoming = graph.incoming.get(node.id) ?? [];
    let pending = false;
    let taken = incoming.length === 0 && container !== null;
    for (const edge of incoming) {
      const state = edgeState(edge, view, path);
      if (state === "pending") {
        pending = true;
        break;
      }
      if (state === "taken") taken = true;
    }
    if (pending) continue;
    (taken ? next.ready : next.skipped).push(node);
  }
  return next;
}

/** Does an edge leave this port of the node? */
export function handlesPort(graph: Graph, node: string, port: string): boolean {
  return (graph.outgoing.get(node) ?? []).some((edge) => edge.port === port);
}

export function handlesError(graph: Graph, node: string): boolean {
  return handlesPort(graph, node, "error");
}

/**
 * The failure that fails a scope: that of a step which no edge takes and whose policy is not to go on. Null while there is none.
 */
export function failureOf(graph: Graph, view: RunView, { container, path }: Scope): RunError | null {
  const inside = (graph.inside.get(container) ?? []).map(({ id }) => id);
  // A trigger that the version no longer has fails the run all the same.
  if (container === null && view.trigger !== null && !graph.nodes.has(view.trigger)) inside.push(view.trigger);
  for (const id of inside) {
    const step = view.steps[stepKey(id, path)];
    if (step?.status === "failed" && step.ports.length === 0 && !handlesError(graph, id))
      return { code: "internal", message: "the step failed", ...step.error, node: step.error?.node ?? id };
  }
  return null;
}

/** The node inside a container that is last of all, when it is one alone: what it gives is what the container gives. */
export function lastInside(graph: Graph, container: string): string | null {
  const ends = (graph.inside.get(container) ?? []).filter(({ id }) => graph.outgoing.get(id)?.length === 0);
  return ends.length === 1 ? (ends[0]?.id ?? null) : null;
}

/** All nodes that run before `node`: those from which it can be reached, and those before the containers around it, which are not. */
export function ancestors(graph: Graph, node: string): Set<string> {
  const found = new Set<string>();
  const open = [node, ...containersOf(graph, node).map(({ id }) => id)];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const edge of graph.incoming.get(id) ?? []) {
      if (found.has(edge.source)) continue;
      found.add(edge.source);
      open.push(edge.source);
    }
  }
  return found;
}

/** Nodes in an order in which every edge points forward, or the ids on and between cycles when there are any. */
export function topologicalOrder(graph: Graph): { order: string[] } | { cycle: string[] } {
  const open = new Map([...graph.nodes.keys()].map((id) => [id, graph.incoming.get(id)?.length ?? 0]));
  const queue = [...open].filter(([, count]) => count === 0).map(([id]) => id);
  const order: string[] = [];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    order.push(id);
    open.delete(id);
    for (const edge of graph.outgoing.get(id) ?? []) {
      const left = (open.get(edge.target) ?? 0) - 1;
      open.set(edge.target, left);
      if (left === 0) queue.push(edge.target);
    }
  }
  return open.size === 0 ? { order } : { cycle: withoutTails(graph, new Set(open.keys())) };
}

/** Takes off what only comes after a cycle. */
function withoutTails(graph: Graph, left: Set<string>): string[] {
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const id of left) if (!(graph.outgoing.get(id) ?? []).some((edge) => left.has(edge.target))) left.delete(id);
  }
  return [...left];
}
