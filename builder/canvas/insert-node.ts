import { freeEdgeId, inContainer } from "../../shared/flow/copy-nodes.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { isTrigger, outcomePorts } from "../../shared/flow/node-ports.ts";
import { freshNode, type NodeChoice } from "./add-node.ts";
import { geometryOf } from "./geometry.ts";
import { makeRoom } from "./make-room.ts";

/**
 * The edits that put a new node into an edge, as one step: the edge gives way to one that leads to the node and one that leaves it
 * by its first port, and later nodes make room. Null when the edge is gone, or when nothing can lead to such a node, or out of it.
 */
export function insertNode(flow: Flow, choice: NodeChoice, id: string): { edits: FlowEdit[]; id: string } | null {
  const edge = flow.edges.find((each) => each.id === id);
  if (!edge) return null;
  const fresh = inContainer(freshNode(flow, choice), geometryOf(flow).parent(edge.source));
  const [port] = outcomePorts(fresh);
  if (isTrigger(fresh) || port === undefined) return null;
  const { position, moved } = makeRoom(flow, edge, fresh);
  const taken = new Set(flow.edges.map((each) => each.id));
  const into = { source: edge.source, port: edge.port, target: fresh.id };
  const outOf = { source: fresh.id, port, target: edge.target };
  const intoId = freeEdgeId(into, taken);
  const outOfId = freeEdgeId(outOf, taken.add(intoId));
  const edits: FlowEdit[] = [
    { edit: "remove", nodes: [], edges: [edge.id] },
    {
      edit: "add",
      nodes: [{ node: { ...fresh, position } }],
      edges: [{ edge: { id: intoId, ...into } }, { edge: { id: outOfId, ...outOf } }],
    },
  ];
  return { edits: Object.keys(moved).length === 0 ? edits : [{ edit: "move", positions: moved }, ...edits], id: fresh.id };
}
