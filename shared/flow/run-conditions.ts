import { always, createDiagram, never } from "./decision-diagram.ts";
import type { FlowEdge } from "./flow.ts";
import type { Graph } from "./graph.ts";
import type { StepNode } from "./node.ts";
import { hasWaitUrl, isTrigger, outcomePorts, parentOf } from "./node-ports.ts";

/** When steps run, as far as the drawing tells: by which ports those before them have to leave. */
export type RunConditions = {
  /** May `reader` run though `source` was skipped or has failed, so that it gave nothing? `inside`: where the container `reader` ends. */
  mayLack(reader: string, source: string, inside: boolean): boolean;
  /** May `reader` run when `source` left by this port? */
  mayFollow(reader: string, source: string, port: string): boolean;
};

/**
 * Works out when each node runs, in an order in which every node comes after those before it and its containers. Exact, but for
 * decisions that hang together: two branches on the same value are two decisions.
 */
export function runConditions(graph: Graph, order: readonly string[]): RunConditions {
  const diagram = createDiagram();
  const runs = new Map<string, number>();
  const gives = new Map<string, number>();
  const leaves = new Map<string, number>();
  /** When a step leaves by another port, or is not there at all. */
  const leavesElse = new Map<string, number>();
  const triggers = order.filter((id) => isTriggerId(graph, id));
  const first = triggers.length > 1 ? diagram.decision() : null;

  for (const id of order) {
    const node = graph.nodes.get(id);
    if (!node) continue;
    if (isTrigger(node)) {
      const started = first === null ? always : diagram.chosen(first, triggers.indexOf(id), triggers.length);
      runs.set(id, started);
      gives.set(id, started);
      leaves.set(portKey(id, "out"), started);
      continue;
    }
    const incoming = (graph.incoming.get(id) ?? []).filter((edge) => isInScope(graph, edge));
    const parent = parentOf(node);
    const start = parent !== null && incoming.length === 0 ? (runs.get(parent) ?? never) : null;
    const run = start ?? diagram.anyOf(incoming.map(({ source, port }) => leaves.get(portKey(source, port)) ?? never));
    runs.set(id, run);
    decide(node, graph.outgoing.get(id) ?? [], run);
  }

  /** The ports by which a step leaves are alternatives of one decision. */
  function decide(node: StepNode, outgoing: FlowEdge[], run: number): void {
    const ways = waysOut(node, outgoing);
    const decision = ways.length > 1 ? diagram.decision() : null;
    const succeeding: number[] = [];
    for (const [index, { port, failed }] of ways.entries()) {
      const way = decision === null ? run : diagram.bothOf(run, diagram.chosen(decision, index, ways.length));
      const key = portKey(node.id, port);
      const other = leaves.get(key);
      leaves.set(key, other === undefined ? way : diagram.anyOf([other, way]));
      if (!failed) succeeding.push(way);
    }
    // What they give depends on how they leave; of all others it is not asked.
    if (hasWaitUrl(node))
      for (const { port } of ways) {
        const others = ways.filter((way) => way.port !== port).map((way) => leaves.get(portKey(node.id, way.port)) ?? never);
        leavesElse.set(portKey(node.id, port), diagram.anyOf(others));
      }
    gives.set(node.id, succeeding.length === ways.length ? run : diagram.anyOf(succeeding));
  }

  return {
    mayLack(reader, source, inside) {
      const given = gives.get(source);
      const node = graph.nodes.get(reader);
      const run = runs.get(reader);
      if (given === undefined || run === undefined || !node || diagram.isFull()) return false;
      // What a container gives is made where all inside has ended: it ran itself, and that is all that is certain.
      return !(inside && source === reader) && !diagram.implies(run, given);
    },
    mayFollow(reader, source, port) {
      const run = runs.get(reader);
      const others = leavesElse.get(portKey(source, port));
      if (run === undefined || diagram.isFull()) return true;
      // A port by which it never leaves has no others.
      return others !== undefined && !diagram.implies(run, others);
    },
  };
}

/** Edges over a container's border are no edges: `validateFlow` says so. */
function isInScope(graph: Graph, { source, target }: FlowEdge): boolean {
  const [from, to] = [graph.nodes.get(source), graph.nodes.get(target)];
  return from !== undefined && to !== undefined && parentOf(from) === parentOf(to);
}

function isTriggerId(graph: Graph, id: string): boolean {
  const node = graph.nodes.get(id);
  return node !== undefined && isTrigger(node);
}

function portKey(node: string, port: string): string {
  return `${node} ${port}`;
}

/** A failure that no edge takes ends what is around the step, so that there is nothing left to read it. */
function waysOut(node: StepNode, outgoing: FlowEdge[]): { port: string; failed: boolean }[] {
  const isTaken = (port: string) => outgoing.some((edge) => edge.port === port);
  // Where no edge leaves it, a deadline that passes fails the step.
  const ports = outcomePorts(node).filter((port) => port !== "timeout" || isTaken(port));
  const ways = ports.map((port) => ({ port, failed: false }));
  if (node.kind === "filter") ways.push({ port: "", failed: false });
  if (isTaken("error")) ways.push({ port: "error", failed: true });
  else if (node.onError === "continue") ways.push({ port: ports[0] ?? "", failed: true });
  return ways;
}
