import type { ContainerNode } from "./container-node.ts";
import type { FlowNode } from "./node.ts";
import { isContainer, parentOf } from "./node-ports.ts";

/** Containers may stand inside of one another so many deep. */
export const deepestNesting = 20;

/**
 * How many containers that count are around each node, by its id. Takes as long as there are nodes, however they are nested; a circle of
 * containers, which no valid flow has, is cut where it is met first.
 */
export function countAround(nodes: readonly FlowNode[], counts: (container: ContainerNode) => boolean): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const around = new Map<string, number>();
  for (const start of nodes) {
    const climbed: { id: string; parent: ContainerNode | null }[] = [];
    for (let node: FlowNode | null = start; node && !around.has(node.id); ) {
      const parent = containerOf(node, byId);
      around.set(node.id, 0);
      climbed.push({ id: node.id, parent });
      node = parent;
    }
    for (const { id, parent } of climbed.reverse())
      if (parent) around.set(id, (around.get(parent.id) ?? 0) + (counts(parent) ? 1 : 0));
  }
  return around;
}

function containerOf(node: FlowNode, byId: ReadonlyMap<string, FlowNode>): ContainerNode | null {
  const parent = parentOf(node);
  const container = parent === null ? undefined : byId.get(parent);
  return container && isContainer(container) ? container : null;
}

/** The containers that are the first one too many; what is inside of them is not named again. */
export function nestedTooDeep(nodes: readonly FlowNode[]): FlowNode[] {
  const around = countAround(nodes, () => true);
  return nodes.filter((node) => isContainer(node) && around.get(node.id) === deepestNesting);
}

export function tooDeepMessage({ name }: FlowNode): string {
  return `"${name}" is inside of ${deepestNesting} containers already: they may be ${deepestNesting} deep at most`;
}

/** The first node that is inside of itself, at whatever depth; null when none is. */
export function insideItself(nodes: readonly FlowNode[]): FlowNode | null {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const climbed = new Set<string>();
  for (const start of nodes) {
    const way = new Set<string>();
    for (let node: FlowNode | undefined = start; node && !climbed.has(node.id); ) {
      if (way.has(node.id)) return node;
      way.add(node.id);
      node = byId.get(parentOf(node) ?? "");
    }
    for (const id of way) climbed.add(id);
  }
  return null;
}
