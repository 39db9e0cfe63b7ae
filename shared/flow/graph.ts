import type { RunView, StepView } from "../run/run-view.ts";
import { stepKey } from "../run/run-view.ts";
import type { Flow, FlowEdge } from "./flow.ts";
import type { FlowNode } from "./node.ts";
import { isTrigger } from "./node-ports.ts";

/** A flow indexed for walking. Build it once per version. */
export type Graph = {
  nodes: Map<string, FlowNode>;
  incoming: Map<string, FlowEdge[]>;
  outgoing: Map<string, FlowEdge[]>;
};

/** Indexes a flow. Edges that do not join two of its nodes are left out. */
export function buildGraph(flow: Flow): Graph {
  const graph: Graph = { nodes: new Map(), incoming: new Map(), outgoing: new Map() };
  for (const node of flow.nodes) {
    graph.nodes.set(node.id, node);
    graph.incoming.set(node.id, []);
    graph.outgoing.set(node.id, []);
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

export type EdgeState = "pending" | "taken" | "skipped";

/**
 * Success takes the edges of its outcome's ports, failure those of the error port; every other edge of a settled node is skipped.
 * An edge of a node that has not settled is pending.
 */
export function edgeState(edge: FlowEdge, view: RunView): EdgeState {
  const step = view.steps[stepKey(edge.source)];
  if (!step || !isSettled(step)) return "pending";
  if (step.status === "succeeded") return step.ports.includes(edge.port) ? "taken" : "skipped";
  return step.status === "failed" && edge.port === "error" ? "taken" : "skipped";
}

/** What the next turn of a run does, given its view: nodes to execute, and nodes whose every incoming edge was skipped. */
export type NextNodes = { ready: FlowNode[]; skipped: FlowNode[] };

/**
 * A node is ready when all its incoming edges are settled and one is taken; when all are skipped it is skipped. Triggers other
 * than the one that started the run are skipped. Nodes that already have a step are left out.
 */
export function nextNodes(graph: Graph, view: RunView): NextNodes {
  const next: NextNodes = { ready: [], skipped: [] };
  for (const node of graph.nodes.values()) {
    if (view.steps[stepKey(node.id)]) continue;
    if (isTrigger(node)) {
      if (node.id !== view.trigger) next.skipped.push(node);
      continue;
    }
    let pending = false;
    let taken = false;
    for (const edge of graph.incoming.get(node.id) ?? []) {
      const state = edgeState(edge, view);
      if (state === "pending") pending = true;
      else if (state === "taken") taken = true;
    }
    if (pending) continue;
    (taken ? next.ready : next.skipped).push(node);
  }
  return next;
}

/** Does an edge leave the node's error port? If not, its failure fails the run. */
export function handlesError(graph: Graph, node: string): boolean {
  return (graph.outgoing.get(node) ?? []).some((edge) => edge.port === "error");
}

export function isSettled(step: StepView): boolean {
  return step.status !== "running" && step.status !== "waiting";
}

/** All nodes from which `node` can be reached. */
export function ancestors(graph: Graph, node: string): Set<string> {
  const found = new Set<string>();
  const open = [node];
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
