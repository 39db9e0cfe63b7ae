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
      const earlier = before.get(source);
      if (earlier) for (let word = 0; word < words; word++) bits[word] = (bits[word] ?? 0) | (earlier[word] ?? 0);
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

/** Kahn's algorithm, with containers as two moments each: of the n-th node, 2n is its beginning and 2n + 1 its end. */
function sortedMoments(graph: Graph): Moment[] {
  const nodes = [...graph.nodes.values()];
  const number = new Map(nodes.map(({ id }, index) => [id, index]));
  const open = new Uint32Array(2 * nodes.length);
  const after: number[][] = Array.from({ length: 2 * nodes.length }, () => []);
  function follow(first: number, second: number): void {
    after[first]?.push(second);
    open[second] = (open[second] ?? 0) + 1;
  }
  for (const [index, node] of nodes.entries()) {
    for (const { source } of graph.incoming.get(node.id) ?? []) follow(2 * (number.get(source) ?? 0) + 1, 2 * index);
    follow(2 * index, 2 * index + 1);
    const parent = parentOf(node);
    const container = parent === null ? undefined : graph.nodes.get(parent);
    if (!container || !isContainer(container)) continue;
    const around = 2 * (number.get(container.id) ?? 0);
    follow(around, 2 * index);
    follow(2 * index + 1, around + 1);
  }
  const sorted: number[] = [];
  for (let moment = 0; moment < open.length; moment++) if (open[moment] === 0) sorted.push(moment);
  for (const moment of sorted)
    for (const next of after[moment] ?? []) {
      const left = (open[next] ?? 0) - 1;
      open[next] = left;
      if (left === 0) sorted.push(next);
    }
  return sorted.flatMap((moment): Moment[] => {
    const node = nodes[moment >>> 1];
    return node && (moment % 2 === 1 || isContainer(node)) ? [{ node: node.id, at: moment % 2 === 1 ? "end" : "begin" }] : [];
  });
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
