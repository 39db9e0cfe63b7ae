import { type Edge, type Node, type NodeHandle, Position } from "@xyflow/react";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { Logo } from "../../shared/connector/logo.ts";
import type { Flow, FlowEdge } from "../../shared/flow/flow.ts";
import { edgeState } from "../../shared/flow/graph.ts";
import type { FlowNode, NodeKind } from "../../shared/flow/node.ts";
import { isTrigger, outcomePorts } from "../../shared/flow/node-ports.ts";
import { type RunView, type StepView, stepKey } from "../../shared/run/run-view.ts";
import type { Selection } from "../stores/selection.ts";
import { bendEdges } from "./bend-edges.ts";
import { type Direction, directionOf, type Size, sizeOf } from "./card-size.ts";
import { describeOnCard, kindWord } from "./describe-node.ts";

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
};
export type CanvasNode = Node<FlowNodeData, "flow-node">;
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
  /** Number of problems by node id. */
  problems?: ReadonlyMap<string, number>;
  /** Error ports are there also where no edge leaves them, and edges can be chosen. */
  editing?: boolean;
};

/** Draws a flow, with the state of a run on it when there is one. Pure: the same input gives the same picture. */
export function toCanvas(drawing: Drawing): { nodes: CanvasNode[]; edges: CanvasEdge[] } {
  const { document, labels, view, selection, problems, editing = false } = drawing;
  const { nodes, edges } = document;
  const direction = directionOf(document);
  const states = new Map(edges.map((edge) => [edge.id, stateOf(edge, view)]));
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
  const cards = nodes.map((node) => {
    const step = view?.steps[stepKey(node.id)];
    const size = sizeOf(node, direction);
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
    };
    return canvasNode(node, data, { selected: chosen.nodes.has(node.id), size });
  });
  const bends = bendEdges(edges, cards, direction);
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  return {
    nodes: cards,
    edges: edges.map((edge) => {
      const between: [string, string] = [names.get(edge.source) ?? edge.source, names.get(edge.target) ?? edge.target];
      return canvasEdge(edge, {
        state: states.get(edge.id) ?? "plain",
        selected: chosen.edges.has(edge.id),
        bend: bends.get(edge.id) ?? 0.5,
        between: editing ? between : null,
      });
    }),
  };
}

function logoOf(node: FlowNode, connectors: FlowVersion["connectors"]): Logo | null {
  if (node.kind !== "call") return null;
  return connectors.find(({ key }) => key === node.connector)?.logo ?? null;
}

function portKey(node: string, port: string): string {
  return `${node} ${port}`;
}

function canvasNode(node: FlowNode, data: FlowNodeData, { selected, size }: { selected: boolean; size: Size }): CanvasNode {
  const state = data.status === null ? "" : `, ${data.status === "idle" ? "not started" : data.status}`;
  const problems = data.problems === 0 ? "" : `, ${data.problems} ${data.problems === 1 ? "problem" : "problems"}`;
  return {
    id: node.id,
    type: "flow-node",
    position: node.position,
    data,
    selected,
    // Over every edge, also those that lie over others.
    zIndex: 2,
    ...size,
    measured: size,
    // Begins with what the card shows, so that who speaks to the page can say what they see.
    ariaLabel: `${data.name} ${data.line}, ${kindWord(data.kind)}${state}${problems}`,
    // A card that is edited holds buttons, and a button may hold none.
    ariaRole: data.editing ? "group" : "button",
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
function stateOf(edge: FlowEdge, view: RunView | null): CanvasEdgeState {
  if (!view) return "plain";
  const state = edgeState(edge, view);
  if (state !== "taken") return state;
  if (edge.port === "error") return "failed";
  return view.steps[stepKey(edge.target)]?.status === "running" ? "moving" : "taken";
}

type EdgeLook = { state: CanvasEdgeState; selected: boolean; bend: number; between: [string, string] | null };

function canvasEdge(edge: FlowEdge, { state, selected, bend, between }: EdgeLook): CanvasEdge {
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
    zIndex: selected || state === "taken" || state === "moving" || state === "failed" ? 1 : 0,
  };
}
