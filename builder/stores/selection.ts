/** What is chosen on a canvas, by id. */
export type Selection = { nodes: readonly string[]; edges: readonly string[] };

export const nothing: Selection = { nodes: [], edges: [] };

export function onlyNode(id: string): Selection {
  return { nodes: [id], edges: [] };
}
