import type { FlowEdge } from "./flow.ts";
import type { Graph } from "./graph.ts";
import type { StepNode } from "./node.ts";
import { isTrigger, outcomePorts, parentOf } from "./node-ports.ts";

/** When steps run, as far as the drawing tells: by which ports those before them have to leave. */
export type RunConditions = {
  /** May `reader` run though `source` was skipped or has failed, so that it gave nothing? `inside`: where the container `reader` ends. */
  mayLack(reader: string, source: string, inside: boolean): boolean;
};

/** Nodes of the diagram at most: where a drawing takes more, no step is told to be missing. */
const mostParts = 20_000;
const never = 0;
const always = 1;

/**
 * Works out when each node runs, in an order in which every node comes after those before it and its containers. Exact, but for
 * decisions that hang together: two branches on the same value are two decisions.
 */
export function runConditions(graph: Graph, order: readonly string[]): RunConditions {
  const diagram = createDiagram();
  const runs = new Map<string, number>();
  const gives = new Map<string, number>();
  const leaves = new Map<string, number>();
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

type Diagram = {
  decision(): number;
  chosen(decision: number, way: number, ways: number): number;
  anyOf(conditions: number[]): number;
  bothOf(a: number, b: number): number;
  implies(a: number, b: number): boolean;
  isFull(): boolean;
};

/**
 * Conditions over decisions with several ways each, as a shared decision diagram: equal conditions are the same number. Randal Bryant,
 * "Graph-Based Algorithms for Boolean Function Manipulation", IEEE Transactions on Computers C-35 (1986).
 */
function createDiagram(): Diagram {
  const decisions: number[] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const children: number[][] = [[], []];
  const known = new Map<string, number>();
  const memo = { any: new Map<number, number>(), both: new Map<number, number>(), implied: new Map<number, boolean>() };
  let made = 0;

  const isFull = () => children.length >= mostParts;
  const pair = (a: number, b: number) => a * mostParts + b;

  function make(decision: number, ways: number[]): number {
    const [one = never] = ways;
    if (ways.every((way) => way === one)) return one;
    const key = `${decision}:${ways.join(",")}`;
    const same = known.get(key);
    if (same !== undefined) return same;
    // The answers are wrong from here on; whoever asks looks at `isFull` first.
    if (isFull()) return always;
    decisions.push(decision);
    children.push(ways);
    known.set(key, children.length - 1);
    return children.length - 1;
  }

  function combine(a: number, b: number, kind: "any" | "both"): number {
    const [wins, yields] = kind === "any" ? [always, never] : [never, always];
    if (a === wins || b === wins) return wins;
    if (a === yields || a === b) return b;
    if (b === yields) return a;
    const key = a < b ? pair(a, b) : pair(b, a);
    const done = memo[kind].get(key);
    if (done !== undefined) return done;
    const decision = Math.min(decisions[a] ?? 0, decisions[b] ?? 0);
    const ways = (decisions[a] === decision ? children[a] : children[b]) ?? [];
    const result = make(
      decision,
      ways.map((_, way) => combine(below(a, decision, way), below(b, decision, way), kind)),
    );
    memo[kind].set(key, result);
    return result;
  }

  function below(a: number, decision: number, way: number): number {
    return decisions[a] === decision ? (children[a]?.[way] ?? never) : a;
  }

  function implies(a: number, b: number): boolean {
    if (a === never || b === always || a === b) return true;
    if (a === always || b === never) return false;
    const key = pair(a, b);
    const done = memo.implied.get(key);
    if (done !== undefined) return done;
    const decision = Math.min(decisions[a] ?? 0, decisions[b] ?? 0);
    const ways = (decisions[a] === decision ? children[a] : children[b]) ?? [];
    const result = ways.every((_, way) => implies(below(a, decision, way), below(b, decision, way)));
    memo.implied.set(key, result);
    return result;
  }

  return {
    decision: () => made++,
    chosen: (decision, way, ways) =>
      make(
        decision,
        Array.from({ length: ways }, (_, index) => (index === way ? always : never)),
      ),
    // In pairs of pairs: one after the other would walk the growing sum each time.
    anyOf(conditions) {
      let open = [...new Set(conditions)];
      while (open.length > 1)
        open = Array.from({ length: Math.ceil(open.length / 2) }, (_, index) =>
          combine(open[2 * index] ?? never, open[2 * index + 1] ?? never, "any"),
        );
      return open[0] ?? never;
    },
    bothOf: (a, b) => combine(a, b, "both"),
    implies,
    isFull,
  };
}
