import { freeName, freeNodeId, inContainer } from "../../shared/flow/copy-nodes.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode, NodeKind, TriggerNode } from "../../shared/flow/node.ts";
import { isTrigger, parentOf } from "../../shared/flow/node-ports.ts";
import type { Schedule } from "../../shared/flow/schedule.ts";
import { onGrid, type Position } from "./card-size.ts";
import { connect } from "./connect.ts";
import { kindWord } from "./describe-node.ts";
import { geometryOf, intoFrame } from "./geometry.ts";
import { placeAfter, placeAtEnd } from "./place-node.ts";

/** What the palette gives: a kind of node, a connector's trigger, or a call of one endpoint. */
export type NodeChoice =
  | { kind: PlainKind }
  | { kind: "app-trigger"; connector: string; trigger: string; name: string; connection: string | null }
  | { kind: "call"; connector: string; endpoint: string; action?: string; name: string; connection: string | null };

/** Kinds that say nothing more of themselves. */
export type PlainKind = Exclude<NodeKind, "call" | "app-trigger">;

type PlainStepKind = Exclude<PlainKind, TriggerNode["kind"]>;

/**
 * Where a new node goes: behind a port of another, at a point of the canvas, or, with neither, at the end. `into`: the container that it
 * goes into; one that comes behind another is where that is.
 */
export type NodePlace = { after: { node: string; port: string } | null; at: Position | null; into?: string | null };

/** The edit that adds a node of the chosen kind, with the edge that leads to it. */
export function addNode(flow: Flow, choice: NodeChoice, { after, at, into = null }: NodePlace): { edit: FlowEdit; id: string } {
  const parent = after ? geometryOf(flow).parent(after.node) : into;
  const fresh = inContainer(freshNode(flow, choice), parent);
  const { id } = fresh;
  const position = at ? placeIn(flow, at, parentOf(fresh)) : after ? placeAfter(flow, after, fresh) : placeAtEnd(flow, fresh);
  const node = { ...fresh, position };
  const edge = after && !isTrigger(node) ? connect(flow, { source: after.node, port: after.port, target: id }) : null;
  return { edit: { edit: "add", nodes: [{ node }], edges: edge?.edit === "add" ? edge.edges : [] }, id };
}

/** A point of the canvas as a place in a container. */
function placeIn(flow: Flow, at: Position, parent: string | null): Position {
  if (parent === null) return onGrid(at);
  const origin = geometryOf(flow).placeOf(parent);
  const place = onGrid({ x: at.x - origin.x, y: at.y - origin.y });
  const by = intoFrame([place]);
  return { x: place.x + by.x, y: place.y + by.y };
}

/** A node of the chosen kind whose id and name no other has. It has no place yet. */
export function freshNode(flow: Flow, choice: NodeChoice): FlowNode {
  const name = freeName("name" in choice ? choice.name : defaultName(choice.kind), new Set(flow.nodes.map((node) => node.name)));
  const id = freeNodeId(name, new Set(flow.nodes.map((node) => node.id)));
  return newNode(choice, { id, name, position: { x: 0, y: 0 } });
}

const triggerNames: Partial<Record<PlainKind, string>> = {
  "webhook-trigger": "Webhook",
  "manual-trigger": "Run now",
  "schedule-trigger": "Schedule",
  "api-trigger": "API call",
};

function defaultName(kind: PlainKind): string {
  return triggerNames[kind] ?? kindWord(kind);
}

const emptyCondition = { left: "", operator: "equals", right: "" } as const;
const minuteMs = 60_000;
const weekMs = 7 * 86_400_000;
/** What a new code step begins with: that `inputs` comes in and `return` goes out. */
const firstCode = "return inputs;\n";

function everyHour(): Schedule {
  return { kind: "cron", expression: "0 * * * *", timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

/** A node as it is when nobody has set it yet. */
function newNode(choice: NodeChoice, common: Pick<FlowNode, "id" | "name" | "position">): FlowNode {
  switch (choice.kind) {
    case "webhook-trigger":
    case "manual-trigger":
      return { ...common, kind: choice.kind };
    case "app-trigger":
      return {
        ...common,
        kind: "app-trigger",
        connector: choice.connector,
        trigger: choice.trigger,
        connection: choice.connection,
        inputs: {},
      };
    case "schedule-trigger":
      return { ...common, kind: "schedule-trigger", schedule: everyHour(), misfire: "once" };
    case "api-trigger":
      return { ...common, kind: "api-trigger", answer: "sync" };
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
    default:
      return newStep(choice.kind, common);
  }
}

/** The same for steps that no connector describes. */
function newStep(kind: PlainStepKind, common: Pick<FlowNode, "id" | "name" | "position">): FlowNode {
  switch (kind) {
    case "http":
      return {
        ...common,
        kind,
        method: "GET",
        url: "",
        query: {},
        headers: {},
        bodyType: "none",
        body: null,
        connector: null,
        connection: null,
      };
    case "code":
      return { ...common, kind, code: firstCode, inputs: {}, timeoutMs: 5_000 };
    case "branch":
    case "filter":
      return { ...common, kind, match: "all", conditions: [emptyCondition] };
    case "switch":
      return {
        ...common,
        kind,
        cases: [1, 2].map((n) => ({ port: `case-${n}`, name: `Case ${n}`, match: "all", conditions: [emptyCondition] })),
      };
    case "transform":
      return { ...common, kind, output: {} };
    case "delay":
      return { ...common, kind, delayMs: minuteMs };
    case "for-each":
      return { ...common, kind, items: "", concurrency: 1, onItemError: "stop" };
    case "try":
      return { ...common, kind };
    case "wait":
      return { ...common, kind, deadlineMs: weekMs };
    case "approval":
      return { ...common, kind, title: "Please decide", description: "", form: [], approvers: [], deadlineMs: weekMs };
    case "sub-flow":
      return { ...common, kind, flow: "", input: {}, mode: "wait" };
    case "key-value":
      return { ...common, kind, operation: "get", scope: "flow", key: "key", by: 1 };
    case "once":
      // The sender's own id of what happened. The event's id would be another one for each delivery.
      return { ...common, kind, key: "{{trigger.body.id}}", windowMs: weekMs };
    case "stop":
      return { ...common, kind, status: "failed", message: "" };
    case "respond":
      return { ...common, kind, status: 200, headers: {}, body: null };
  }
}
