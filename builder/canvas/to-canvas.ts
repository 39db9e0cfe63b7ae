import { type Edge, type Node, type NodeHandle, Position } from "@xyflow/react";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { FlowEdge } from "../../shared/flow/flow.ts";
import { edgeState } from "../../shared/flow/graph.ts";
import type { FlowNode, NodeKind } from "../../shared/flow/node.ts";
import { isTrigger, outcomePorts } from "../../shared/flow/node-ports.ts";
import { type RunView, type StepView, stepKey } from "../../shared/run/run-view.ts";
import { describeOnCard, kindWord } from "./describe-node.ts";

/** What the lamp of a node says; null on a flow that is not shown as a run. */
export type NodeStatus = StepView["status"] | "idle" | null;
/** Where the flow goes: ports sit at the left and right of the cards, or at their top and bottom. */
export type Direction = "right" | "down";
export type Port = {
  id: string;
  /** Only where there is a choice. */
  label: string | null;
  /** Its place along the card's side, from 0 to 1. */
  along: number;
  lit: boolean;
};
export type FlowNodeData = {
  kind: NodeKind;
  name: string;
  line: string;
  status: NodeStatus;
  attempts: number;
  direction: Direction;
  entry: { lit: boolean } | null;
  ports: Port[];
};
export type CanvasNode = Node<FlowNodeData, "flow-node">;
export type CanvasEdgeState = "plain" | "pending" | "taken" | "moving" | "skipped" | "failed";
export type CanvasEdge = Edge<{ state: CanvasEdgeState }, "flow-edge">;

/** The size of a card is fixed, so that its ports are known without measuring. The tokens hold the same numbers. */
export const nodeSize = { width: 248, height: 64 };
const portSize = 10;

/** Draws a flow version, with the state of a run on it when there is one. Pure: the same input gives the same picture. */
export function toCanvas(
  version: FlowVersion,
  view: RunView | null,
  selected: string | null,
): { nodes: CanvasNode[]; edges: CanvasEdge[] } {
  const { nodes, edges } = version.document;
  const direction = directionOf(version.document);
  const states = new Map(edges.map((edge) => [edge.id, stateOf(edge, view)]));
  const litInto = new Set<string>();
  const litOutOf = new Set<string>();
  for (const edge of edges) {
    const state = states.get(edge.id);
    if (state !== "taken" && state !== "moving" && state !== "failed") continue;
    litInto.add(edge.target);
    litOutOf.add(`${edge.source} ${edge.port}`);
  }
  const usesError = new Set(edges.filter((edge) => edge.port === "error").map((edge) => edge.source));
  return {
    nodes: nodes.map((node) => {
      const ports = portsOf(node, usesError.has(node.id), litOutOf);
      const step = view?.steps[stepKey(node.id)];
      const status = view ? (step?.status ?? "idle") : null;
      const data: FlowNodeData = {
        kind: node.kind,
        name: node.name,
        line: describeOnCard(node, version),
        status,
        attempts: step?.attempts.length ?? 0,
        direction,
        entry: isTrigger(node) ? null : { lit: litInto.has(node.id) },
        ports,
      };
      return canvasNode(node, data, selected === node.id);
    }),
    edges: edges.map((edge) => canvasEdge(edge, states.get(edge.id) ?? "plain")),
  };
}

function canvasNode(node: FlowNode, data: FlowNodeData, selected: boolean): CanvasNode {
  const state = data.status === null ? "" : `, ${data.status === "idle" ? "not started" : data.status}`;
  return {
    id: node.id,
    type: "flow-node",
    position: node.position,
    data,
    selected,
    // Over every edge, also those that lie over others.
    zIndex: 2,
    ...nodeSize,
    measured: nodeSize,
    // Begins with what the card shows, so that who speaks to the page can say what they see.
    ariaLabel: `${data.name} ${data.line}, ${kindWord(data.kind)}${state}`,
    ariaRole: "button",
    handles: [
      ...(data.entry ? [handle("target", "in", 0.5, data.direction)] : []),
      ...data.ports.map((port) => handle("source", port.id, port.along, data.direction)),
    ],
  };
}

/** A flow is drawn the way most of its edges go. */
export function directionOf({ nodes, edges }: FlowVersion["document"]): Direction {
  const positions = new Map(nodes.map((node) => [node.id, node.position]));
  let right = 0;
  let down = 0;
  for (const edge of edges) {
    const from = positions.get(edge.source);
    const to = positions.get(edge.target);
    if (!from || !to) continue;
    // A card is four times as wide as high: one column and one row are equal steps.
    right += Math.abs(to.x - from.x) / nodeSize.width;
    down += Math.abs(to.y - from.y) / nodeSize.height;
  }
  return down > right ? "down" : "right";
}

/** Where a port is, so that edges are drawn before anything has been measured. */
function handle(type: "source" | "target", id: string, along: number, direction: Direction): NodeHandle {
  const { width, height } = nodeSize;
  const isSource = type === "source";
  const [position, x, y] =
    direction === "right"
      ? [isSource ? Position.Right : Position.Left, isSource ? width : 0, height * along]
      : [isSource ? Position.Bottom : Position.Top, width * along, isSource ? height : 0];
  return { id, type, position, x: x - portSize / 2, y: y - portSize / 2, width: portSize, height: portSize };
}

function portsOf(node: FlowNode, usesError: boolean, lit: ReadonlySet<string>): Port[] {
  const ids = [...outcomePorts(node), ...(usesError ? ["error"] : [])];
  return ids.map((id, index) => ({
    id,
    label: ids.length > 1 && id !== "out" ? id : null,
    along: (index + 1) / (ids.length + 1),
    lit: lit.has(`${node.id} ${id}`),
  }));
}

/** Data moves along an edge while the step it leads to is at work. */
function stateOf(edge: FlowEdge, view: RunView | null): CanvasEdgeState {
  if (!view) return "plain";
  const state = edgeState(edge, view);
  if (state !== "taken") return state;
  if (edge.port === "error") return "failed";
  return view.steps[stepKey(edge.target)]?.status === "running" ? "moving" : "taken";
}

function canvasEdge(edge: FlowEdge, state: CanvasEdgeState): CanvasEdge {
  return {
    id: edge.id,
    type: "flow-edge",
    source: edge.source,
    sourceHandle: edge.port,
    target: edge.target,
    targetHandle: "in",
    data: { state },
    // What was taken lies over what was not.
    zIndex: state === "taken" || state === "moving" || state === "failed" ? 1 : 0,
  };
}
