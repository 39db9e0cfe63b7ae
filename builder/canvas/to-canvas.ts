import { type Edge, type Node, type NodeHandle, Position } from "@xyflow/react";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { Logo } from "../../shared/connector/logo.ts";
import type { Flow, FlowEdge } from "../../shared/flow/flow.ts";
import { edgeState } from "../../shared/flow/graph.ts";
import type { FlowNode, NodeKind } from "../../shared/flow/node.ts";
import { isContainer, isTrigger, outcomePorts } from "../../shared/flow/node-ports.ts";
import { type RunView, type StepView, stepKey } from "../../shared/run/run-view.ts";
import type { Selection } from "../stores/selection.ts";
import { bendEdges } from "./bend-edges.ts";
import type { Direction, Size } from "./card-size.ts";
import { clearHeaders } from "./clear-headers.ts";
import { describeOnCard, kindWord } from "./describe-node.ts";
import { geometryOf } from "./geometry.ts";
import { type FrameProgress, frameProgress, type Picked, progressWords, shownPaths } from "./shown-path.ts";

/** What the lamp of a node says; null on a flow that is not shown as a run. */
export type NodeStatus = StepView["status"] | "idle" | null;
export type Port = {
  id: string;
  /** Only where there is a choice. */
  label: string | null;
  /** Its place along the card's side, from 0 to 1. */
  along: number;
  lit: boolean;
  /** Does an edge leave it? */
  used: boolean;
};
export type FlowNodeData = {
  kind: NodeKind;
  name: string;
  line: string;
  /** Of the connector that it calls, where that has one. */
  logo: Logo | null;
  status: NodeStatus;
  attempts: number;
  /** How many things keep it from being published. */
  problems: number;
  direction: Direction;
  entry: { lit: boolean } | null;
  ports: Port[];
  editing: boolean;
  /** Of a container: is nothing inside, and how far has it come in the run? */
  frame: { empty: boolean; progress: FrameProgress | null } | null;
};
export type CanvasNode = Node<FlowNodeData, "flow-node" | "flow-frame">;
export type CanvasEdgeState = "plain" | "pending" | "taken" | "moving" | "skipped" | "failed";
/** `bend`: where it turns, from 0 at its source to 1 at its target. `between`: names of its ends, while a node can be put there. */
export type CanvasEdge = Edge<{ state: CanvasEdgeState; bend: number; between: [string, string] | null }, "flow-edge">;

const portSize = 10;
/** The error port sits near the far corner, out of the way of what is usual. */
const errorInset: Record<Direction, number> = { right: 8, down: 24 };
/** As wide as a finger needs, around a line of 1.5 px. */
const edgeReach = 20;

export type Drawing = {
  document: Flow;
  labels: Pick<FlowVersion, "connectors" | "connections">;
  /** A run to show on it; null shows the flow alone. */
  view: RunView | null;
  selection: Selection;
  /** Which iterations of its for-each steps to show. */
  iterations?: Picked;
  /** Number of problems by node id. */
  problems?: ReadonlyMap<string, number>;
  /** Error ports are there also where no edge leaves them, and edges can be chosen. */
  editing?: boolean;
};

/** Draws a flow, with the state of a run on it when there is one. Pure: the same input gives the same picture. */
export function toCanvas(drawing: Drawing): { nodes: CanvasNode[]; edges: CanvasEdge[] } {
  const { labels, view, selection, problems, iterations = {}, editing = false } = drawing;
  const { flow: document } = clearHeaders(drawing.document);
  const { nodes, edges } = document;
  const geometry = geometryOf(document);
  const { direction } = geometry;
  const paths = view ? shownPaths(document, view, iterations) : null;
  const pathTo = (node: string) => paths?.get(geometry.parent(node)) ?? [];
  const states = new Map(edges.map((edge) => [edge.id, stateOf(edge, view, pathTo(edge.source))]));
  const litInto = new Set<string>();
  const litOutOf = new Set<string>();
  for (const edge of edges) {
    const state = states.get(edge.id);
    if (state !== "taken" && state !== "moving" && state !== "failed") continue;
    litInto.add(edge.target);
    litOutOf.add(portKey(edge.source, edge.port));
  }
  const used = new Set(edges.map((edge) => portKey(edge.source, edge.port)));
  const chosen = { nodes: new Set(selection.nodes), edges: new Set(selection.edges) };
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const depths = new Map(nodes.map(({ id }) => [id, geometry.around(id).length]));
  const cards = nodes.map((node) => {
    const step = view?.steps[stepKey(node.id, pathTo(node.id))];
    const size = geometry.size(node);
    const parent = geometry.parent(node.id);
    const data: FlowNodeData = {
      kind: node.kind,
      name: node.name,
      line: describeOnCard(node, labels),
      logo: logoOf(node, labels.connectors),
      status: view ? (step?.status ?? "idle") : null,
      attempts: step?.attempts.length ?? 0,
      problems: problems?.get(node.id) ?? 0,
      direction,
      entry: isTrigger(node) ? null : { lit: litInto.has(node.id) },
      ports: portsOf(node, { size, direction, used, lit: litOutOf, editing }),
      editing,
      frame: isContainer(node)
        ? {
            empty: geometry.inside(node.id).length === 0,
            progress: step ? frameProgress(step, paths?.get(node.id)?.at(-1) ?? 0) : null,
          }
        : null,
    };
    const place = { parent, within: parent === null ? null : (names.get(parent) ?? parent), depth: depths.get(node.id) ?? 0 };
    return canvasNode(node, data, { selected: chosen.nodes.has(node.id), size, place });
  });
  // React Flow wants a container before what is inside of it.
  cards.sort((one, other) => (depths.get(one.id) ?? 0) - (depths.get(other.id) ?? 0));
  const bends = bendsOf(edges, cards, direction);
  return {
    nodes: cards,
    edges: edges.map((edge) => {
      const between: [string, string] = [names.get(edge.source) ?? edge.source, names.get(edge.target) ?? edge.target];
      return canvasEdge(edge, {
        state: states.get(edge.id) ?? "plain",
        selected: chosen.edges.has(edge.id),
        bend: bends.get(edge.id) ?? 0.5,
        between: editing ? between : null,
        depth: depths.get(edge.source) ?? 0,
      });
    }),
  };
}

/** Edges stay within their container, and only what is there is in their way. */
function bendsOf(edges: readonly FlowEdge[], cards: readonly CanvasNode[], direction: Direction): ReadonlyMap<string, number> {
  const groups = new Map<string | undefined, CanvasNode[]>();
  for (const card of cards) {
    const group = groups.get(card.parentId);
    if (group) group.push(card);
    else groups.set(card.parentId, [card]);
  }
  if (groups.size <= 1) return bendEdges(edges, cards, direction);
  return new Map(
    [...groups.values()].flatMap((group) => {
      const ids = new Set(group.map(({ id }) => id));
      const own = edges.filter(({ source, target }) => ids.has(source) && ids.has(target));
      return [...bendEdges(own, group, direction)];
    }),
  );
}

function logoOf(node: FlowNode, connectors: FlowVersion["connectors"]): Logo | null {
  if (node.kind !== "call") return null;
  return connectors.find(({ key }) => key === node.connector)?.logo ?? null;
}

function portKey(node: string, port: string): string {
  return `${node} ${port}`;
}

/** `within`: the name of the container that it is inside of. */
type NodeLook = { selected: boolean; size: Size; place: { parent: string | null; within: string | null; depth: number } };

/** Each depth of containers has its own layers: edges, over them cards, over them the chosen one. */
const layersOfDepth = 4;
/** Marks for `canvas.css` what lies on the ground of a frame. */
export const insideFrame = "inside-frame";

function canvasNode(node: FlowNode, data: FlowNodeData, { selected, size, place }: NodeLook): CanvasNode {
  const state = data.status === null ? "" : `, ${data.status === "idle" ? "not started" : data.status}`;
  const problems = data.problems === 0 ? "" : `, ${data.problems} ${data.problems === 1 ? "problem" : "problems"}`;
  const within = place.within === null ? "" : `, inside “${place.within}”`;
  const progress = data.frame?.progress?.count == null ? "" : `, ${progressWords(data.frame.progress)}`;
  return {
    id: node.id,
    type: data.frame ? "flow-frame" : "flow-node",
    position: node.position,
    ...(place.parent !== null && { parentId: place.parent, className: insideFrame }),
    data,
    selected,
    // Over every edge, also those that lie over others.
    zIndex: place.depth * layersOfDepth + (selected ? 3 : 2),
    ...size,
    measured: size,
    // Begins with what the card shows, so that who speaks to the page can say what they see.
    ariaLabel: `${data.name} ${data.line}, ${kindWord(data.kind)}${within}${progress}${state}${problems}`,
    // A card that is edited, and a frame that shows a run, holds buttons, and a button may hold none.
    ariaRole: data.editing || data.frame ? "group" : "button",
    handles: [
      ...(data.entry ? [handle("target", "in", { along: 0.5, direction: data.direction, size })] : []),
      ...data.ports.map(({ id, along }) => handle("source", id, { along, direction: data.direction, size })),
    ],
  };
}

type Place = { along: number; direction: Direction; size: Size };

/** Where a port is, so that edges are drawn before anything has been measured. */
function handle(type: "source" | "target", id: string, { along, direction, size }: Place): NodeHandle {
  const { width, height } = size;
  const isSource = type === "source";
  const [position, x, y] =
    direction === "right"
      ? [isSource ? Position.Right : Position.Left, isSource ? width : 0, height * along]
      : [isSource ? Position.Bottom : Position.Top, width * along, isSource ? height : 0];
  return { id, type, position, x: x - portSize / 2, y: y - portSize / 2, width: portSize, height: portSize };
}

type PortContext = {
  size: Size;
  direction: Direction;
  used: ReadonlySet<string>;
  lit: ReadonlySet<string>;
  editing: boolean;
};

function portsOf(node: FlowNode, { size, direction, used, lit, editing }: PortContext): Port[] {
  const outcomes = outcomePorts(node);
  const cases = node.kind === "switch" ? new Map(node.cases.map(({ port, name }) => [port, name])) : null;
  const port = (id: string, label: string | null, along: number): Port => ({
    id,
    label,
    along,
    lit: lit.has(portKey(node.id, id)),
    used: used.has(portKey(node.id, id)),
  });
  // The card of a switch has a place for the error port beside the others; on the usual card they have the middle.
  const placeOf = (index: number) => (cases ? (index + 0.5) / (outcomes.length + 1) : (index + 1) / (outcomes.length + 1));
  const ports = outcomes.map((id, index) => port(id, id === "out" ? null : (cases?.get(id) ?? id), placeOf(index)));
  const hasError = !isTrigger(node) && (editing || used.has(portKey(node.id, "error")));
  const side = direction === "right" ? size.height : size.width;
  const errorAlong = cases ? placeOf(outcomes.length) : 1 - errorInset[direction] / side;
  return hasError ? [...ports, port("error", "error", errorAlong)] : ports;
}

/** Data moves along an edge while the step it leads to is at work. */
function stateOf(edge: FlowEdge, view: RunView | null, path: number[]): CanvasEdgeState {
  if (!view) return "plain";
  const state = edgeState(edge, view, path);
  if (state !== "taken") return state;
  if (edge.port === "error") return "failed";
  return view.steps[stepKey(edge.target, path)]?.status === "running" ? "moving" : "taken";
}

type EdgeLook = { state: CanvasEdgeState; selected: boolean; bend: number; between: [string, string] | null; depth: number };

function canvasEdge(edge: FlowEdge, { state, selected, bend, between, depth }: EdgeLook): CanvasEdge {
  return {
    id: edge.id,
    type: "flow-edge",
    source: edge.source,
    sourceHandle: edge.port,
    target: edge.target,
    targetHandle: "in",
    data: { state, bend, between },
    selected,
    interactionWidth: between ? edgeReach : 0,
    // What was taken, or chosen, lies over what was not.
    zIndex: depth * layersOfDepth + (selected || state === "taken" || state === "moving" || state === "failed" ? 1 : 0),
  };
}
