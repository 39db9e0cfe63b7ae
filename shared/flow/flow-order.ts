import { containersOf, type Graph } from "./graph.ts";
import { isContainer, parentOf } from "./node-ports.ts";

/**
 * An order in which what a node reads comes before it. A container comes twice: it begins before what is inside of it, and ends after
 * that. Nodes on cycles, and behind them, are left out.
 */
export type Moment = { node: string; at: "begin" | "end" };

/** Which nodes run before which, for many questions about one flow. */
export type FlowOrder = {
  moments: Moment[];
  /** May `reader` read `source`? `inside`: where the container `reader` ends, which sees all that it holds. */
  runsBefore(reader: string, source: string, inside?: boolean): boolean;
};

/** Sorts a flow, and finds for each node all that runs before it: in its own container, and before the containers around it. */
export function orderFlow(graph: Graph): FlowOrder {
  const moments = sortedMoments(graph);
  const number = new Map([...graph.nodes.keys()].map((id, index) => [id, index]));
  const words = Math.ceil(number.size / 32);
  const before = new Map<string, Uint32Array>();
  for (const { node: id, at } of moments) {
    const node = graph.nodes.get(id);
    if (!node || (at === "end" && isContainer(node))) continue;
    const parent = parentOf(node);
    const around = parent === null ? undefined : before.get(parent);
    const bits = around ? around.slice() : new Uint32Array(words);
    for (const { source } of graph.incoming.get(id) ?? []) {
      const other = graph.nodes.get(source);
      // An edge over a container's border is none: `validateFlow` says so.
      if (!other || parentOf(other) !== parent) continue;
      const index = number.get(source) ?? 0;
      for (const [word, set] of (before.get(source) ?? []).entries()) bits[word] = (bits[word] ?? 0) | set;
      bits[index >>> 5] = (bits[index >>> 5] ?? 0) | (1 << (index & 31));
    }
    before.set(id, bits);
  }
  function runsBefore(reader: string, source: string, inside = false): boolean {
    const index = number.get(source);
    if (index === undefined) return false;
    const held = graph.nodes.get(source);
    if (inside && held && parentOf(held) === reader) return true;
    const bits = before.get(reader);
    if (!bits) return reachable(graph, reader, source);
    return ((bits[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
  }
  return { moments, runsBefore };
}

/** Kahn's algorithm, with containers as two moments each. */
function sortedMoments(graph: Graph): Moment[] {
  const keyOf = ({ node, at }: Moment) => `${at} ${node}`;
  const open = new Map<string, number>();
  const after = new Map<string, Moment[]>();
  const moments: Moment[] = [];
  for (const node of graph.nodes.values())
    for (const at of isContainer(node) ? (["begin", "end"] as const) : (["end"] as const)) {
      moments.push({ node: node.id, at });
      open.set(keyOf({ node: node.id, at }), 0);
      after.set(keyOf({ node: node.id, at }), []);
    }
  function follow(first: Moment, second: Moment): void {
    after.get(keyOf(first))?.push(second);
    open.set(keyOf(second), (open.get(keyOf(second)) ?? 0) + 1);
  }
  const beginning = (id: string): Moment => {
    const node = graph.nodes.get(id);
    return { node: id, at: node && isContainer(node) ? "begin" : "end" };
  };
  for (const node of graph.nodes.values()) {
    const parent = parentOf(node);
    for (const { source } of graph.incoming.get(node.id) ?? []) follow({ node: source, at: "end" }, beginning(node.id));
    if (isContainer(node)) follow({ node: node.id, at: "begin" }, { node: node.id, at: "end" });
    const container = parent === null ? undefined : graph.nodes.get(parent);
    if (!container || !isContainer(container)) continue;
    follow({ node: container.id, at: "begin" }, beginning(node.id));
    follow({ node: node.id, at: "end" }, { node: container.id, at: "end" });
  }
  const sorted = moments.filter((moment) => open.get(keyOf(moment)) === 0);
  for (const moment of sorted)
    for (const next of after.get(keyOf(moment)) ?? []) {
      const left = (open.get(keyOf(next)) ?? 0) - 1;
      open.set(keyOf(next), left);
      if (left === 0) sorted.push(next);
    }
  return sorted;
}

/** For what lies on a cycle, or behind one. */
function reachable(graph: Graph, reader: string, source: string): boolean {
  const found = new Set<string>();
  const open = [reader, ...containersOf(graph, reader).map(({ id }) => id)];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const edge of graph.incoming.get(id) ?? []) {
      if (edge.source === source) return true;
      if (!found.has(edge.source)) open.push(edge.source);
      found.add(edge.source);
    }
  return false;
}
