import type { Flow, FlowEdge } from "../../shared/flow/flow.ts";
import { buildGraph } from "../../shared/flow/graph.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { parentOf } from "../../shared/flow/node-ports.ts";
import { directionOf, grid, type Position, sizeOf } from "./card-size.ts";
import { geometryOf } from "./geometry.ts";
import { freePlace, isTaken, placeAfter, spaceAlong, wantedAfter } from "./place-node.ts";

type Room = { position: Position; moved: Record<string, Position> };

/** A place for a node between the two that an edge joins, and where later nodes go to make room for it. */
export function makeRoom(flow: Flow, edge: FlowEdge, node: FlowNode): Room {
  const source = flow.nodes.find(({ id }) => id === edge.source);
  const target = flow.nodes.find(({ id }) => id === edge.target);
  const after = { node: edge.source, port: edge.port };
  if (!source || !target) return { position: placeAfter(flow, after, node), moved: {} };
  const direction = directionOf(flow);
  const [along, across] = direction === "down" ? (["y", "x"] as const) : (["x", "y"] as const);
  const [length, breadth] = direction === "down" ? (["height", "width"] as const) : (["width", "height"] as const);
  const size = sizeOf(node, direction);
  const geometry = geometryOf(flow);
  const end = source.position[along] + geometry.size(source)[length];
  const room = target.position[along] - end;
  // An edge that leads back has no room between its ends.
  if (room < 0) return { position: placeAfter(flow, after, node), moved: {} };

  const space = spaceAlong[direction];
  const lacking = Math.ceil(Math.max(0, size[length] + 2 * space - room) / grid) * grid;
  const wanted = wantedAfter(flow, source, { port: edge.port, node });
  wanted[along] = lacking > 0 ? end + space : end + (room - size[length]) / 2;
  // What only this edge leads to stays in line with what now leads to it.
  if (flow.edges.filter((each) => each.target === target.id).length === 1)
    wanted[across] = target.position[across] + (geometry.size(target)[breadth] - size[breadth]) / 2;
  const moved = lacking === 0 ? {} : movedLater(flow, target, { along, by: lacking });
  return { position: freePlace(moveTo(flow, moved), wanted, { size, parent: parentOf(node) }), moved };
}

type Shift = { along: "x" | "y"; by: number };

/** What comes behind the target moves with it; where that would cover others, everything that lies as far or farther moves. */
function movedLater(flow: Flow, target: FlowNode, { along, by }: Shift): Record<string, Position> {
  const geometry = geometryOf(flow);
  const parent = geometry.parent(target.id);
  const later = geometry.inside(parent).filter(({ position }) => position[along] >= target.position[along]);
  const reached = reachedFrom(flow, target.id);
  const behind = shifted(
    later.filter(({ id }) => reached.has(id)),
    { along, by },
  );
  const others = { ...flow, nodes: flow.nodes.filter(({ id }) => !(id in behind)) };
  const covers = later.some((node) => {
    const place = behind[node.id];
    return place !== undefined && isTaken(others, place, { size: geometry.size(node), parent });
  });
  return covers ? shifted(later, { along, by }) : behind;
}

function shifted(nodes: readonly FlowNode[], { along, by }: Shift): Record<string, Position> {
  return Object.fromEntries(nodes.map(({ id, position }) => [id, { ...position, [along]: position[along] + by }]));
}

function moveTo(flow: Flow, places: Record<string, Position>): Flow {
  return { ...flow, nodes: flow.nodes.map((node) => ({ ...node, position: places[node.id] ?? node.position })) };
}

/** A node and all that can be reached from it. */
function reachedFrom(flow: Flow, node: string): Set<string> {
  const { outgoing } = buildGraph(flow);
  const found = new Set([node]);
  // A set gives what is added to it while it is walked through.
  for (const id of found) for (const { target } of outgoing.get(id) ?? []) found.add(target);
  return found;
}
