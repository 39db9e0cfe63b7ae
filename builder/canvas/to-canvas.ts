import { type Edge, type Node, type NodeHandle, Position } from "@xyflow/react";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { FlowEdge } from "../../shared/flow/flow.ts";
import { edgeState } from "../../shared/flow/graph.ts";
import { type FlowNode, isTrigger, type NodeKind, outcomePorts } from "../../shared/flow/node.ts";
import { type RunView, type StepView, stepKey } from "../../shared/run/run-view.ts";
import { describeNode, kindWord } from "./describe-node.ts";

/** What the lamp of a node says; null on a flow that is not shown as a run. */
export type NodeStatus = StepView["status"] | "idle" | null;
export type Port = { id: string /** Only where there is a choice. */; label: string | null; top: number; lit: boolean };
export type FlowNodeData = {
  kind: NodeKind;
  name: string;
  line: string;
  status: NodeStatus;
  attempts: number;
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
        line: describeNode(node, version),
        status,
        attempts: step?.attempts.length ?? 0,
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
    ...nodeSize,
    measured: nodeSize,
    ariaLabel: `${data.name}, ${kindWord(data.kind)}${state}`,
    ariaRole: "button",
    handles: [
      ...(data.entry ? [handle("target", "in", 0.5)] : []),
      ...data.ports.map((port) => handle("source", port.id, port.top)),
    ],
  };
}

/** Where a port is, so that edges are drawn before anything has been measured. `top` is a part of the card's height. */
function handle(type: "source" | "target", id: string, top: number): NodeHandle {
  const isSource = type === "source";
  return {
    id,
    type,
    position: isSource ? Position.Right : Position.Left,
    x: (isSource ? nodeSize.width : 0) - portSize / 2,
    y: nodeSize.height * top - portSize / 2,
    width: portSize,
    height: portSize,
  };
}

function portsOf(node: FlowNode, usesError: boolean, lit: ReadonlySet<string>): Port[] {
  const ids = [...outcomePorts(node), ...(usesError ? ["error"] : [])];
  return ids.map((id, index) => ({
    id,
    label: ids.length > 1 && id !== "out" ? id : null,
    top: (index + 1) / (ids.length + 1),
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
