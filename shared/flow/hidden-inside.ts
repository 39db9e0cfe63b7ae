import type { ContainerNode } from "./container-node.ts";
import { containersOf, type Graph } from "./graph.ts";

/** The outermost container that `id` is inside of and `reader` is not; null where there is none. */
export function hiddenInside(graph: Graph, id: string, reader: string): ContainerNode | null {
  const around = new Set(containersOf(graph, reader).map((container) => container.id));
  return containersOf(graph, id).findLast((container) => !around.has(container.id)) ?? null;
}
