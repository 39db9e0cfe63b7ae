import { freeName, freeNodeId } from "../../shared/flow/copy-nodes.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode, NodeKind } from "../../shared/flow/node.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import { onGrid, type Position } from "./card-size.ts";
import { connect } from "./connect.ts";
import { kindWord } from "./describe-node.ts";
import { placeAfter, placeAtEnd } from "./place-node.ts";

/** What the palette gives: a kind of node, or a call of one endpoint. */
export type NodeChoice =
  | { kind: Exclude<NodeKind, "call"> }
  | { kind: "call"; connector: string; endpoint: string; action?: string; name: string; connection: string | null };

/** Where a new node goes: behind a port of another, at a point of the canvas, or, with neither, at the end. */
export type NodePlace = { after: { node: string; port: string } | null; at: Position | null };

/** The edit that adds a node of the chosen kind, with the edge that leads to it. */
export function addNode(flow: Flow, choice: NodeChoice, { after, at }: NodePlace): { edit: FlowEdit; id: string } {
  const fresh = freshNode(flow, choice);
  const { id } = fresh;
  const position = at ? onGrid(at) : after ? placeAfter(flow, after, fresh) : placeAtEnd(flow, fresh);
  const node = { ...fresh, position };
  const edge = after && !isTrigger(node) ? connect(flow, { source: after.node, port: after.port, target: id }) : null;
  return { edit: { edit: "add", nodes: [{ node }], edges: edge?.edit === "add" ? edge.edges : [] }, id };
}

/** A node of the chosen kind whose id and name no other has. It has no place yet. */
export function freshNode(flow: Flow, choice: NodeChoice): FlowNode {
  const name = freeName(
    choice.kind === "call" ? choice.name : defaultName(choice.kind),
    new Set(flow.nodes.map((node) => node.name)),
  );
  const id = freeNodeId(name, new Set(flow.nodes.map((node) => node.id)));
  return newNode(choice, { id, name, position: { x: 0, y: 0 } });
}

function defaultName(kind: Exclude<NodeKind, "call">): string {
  if (kind === "webhook-trigger") return "Webhook";
  return kind === "manual-trigger" ? "Run now" : kindWord(kind);
}

const emptyCondition = { left: "", operator: "equals", right: "" } as const;
const minuteMs = 60_000;

/** A node as it is when nobody has set it yet. */
function newNode(choice: NodeChoice, common: Pick<FlowNode, "id" | "name" | "position">): FlowNode {
  switch (choice.kind) {
    case "webhook-trigger":
    case "manual-trigger":
      return { ...common, kind: choice.kind };
    case "call":
      return {
        ...common,
        kind: "call",
        connector: choice.connector,
        endpoint: choice.endpoint,
        ...(choice.action !== undefined && { action: choice.action }),
        connection: choice.connection,
        inputs: {},
      };
    case "branch":
      return { ...common, kind: "branch", match: "all", conditions: [emptyCondition] };
    case "switch":
      return {
        ...common,
        kind: "switch",
        cases: [1, 2].map((n) => ({ port: `case-${n}`, name: `Case ${n}`, match: "all", conditions: [emptyCondition] })),
      };
    case "transform":
      return { ...common, kind: "transform", output: {} };
    case "delay":
      return { ...common, kind: "delay", delayMs: minuteMs };
    case "respond":
      return { ...common, kind: "respond", status: 200, headers: {}, body: null };
  }
}
