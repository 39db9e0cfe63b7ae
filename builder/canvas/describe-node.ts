import type { ConnectorLabel, FlowVersion } from "../../shared/api/runs.ts";
import type { Condition, ConditionOperator } from "../../shared/flow/condition.ts";
import type { AppTriggerNode, CallNode, FlowNode, NodeKind } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { describeControl } from "./describe-control.ts";
import { readable } from "./readable.ts";
import { describeSchedule } from "./schedule-words.ts";

/** What a node is for, told by the tint of its tile. */
export type KindFamily = "trigger" | "call" | "logic" | "data" | "wait" | "answer";

const families: Record<NodeKind, { family: KindFamily; word: string }> = {
  "webhook-trigger": { family: "trigger", word: "Webhook trigger" },
  "manual-trigger": { family: "trigger", word: "Manual trigger" },
  "app-trigger": { family: "trigger", word: "App trigger" },
  "schedule-trigger": { family: "trigger", word: "Schedule" },
  "api-trigger": { family: "trigger", word: "API trigger" },
  call: { family: "call", word: "Call" },
  http: { family: "call", word: "HTTP request" },
  code: { family: "data", word: "Code" },
  transform: { family: "data", word: "Transform" },
  branch: { family: "logic", word: "Branch" },
  switch: { family: "logic", word: "Switch" },
  filter: { family: "logic", word: "Filter" },
  "for-each": { family: "logic", word: "For each" },
  try: { family: "logic", word: "Try" },
  once: { family: "logic", word: "Once per key" },
  stop: { family: "logic", word: "Stop" },
  "sub-flow": { family: "call", word: "Sub-flow" },
  "key-value": { family: "data", word: "Key-value store" },
  delay: { family: "wait", word: "Delay" },
  wait: { family: "wait", word: "Wait for event" },
  approval: { family: "wait", word: "Approval" },
  respond: { family: "answer", word: "Respond" },
};

export function familyOf(kind: NodeKind): KindFamily {
  return families[kind].family;
}

export function kindWord(kind: NodeKind): string {
  return families[kind].word;
}

/** The second line of a node: the endpoint and connection of a call, the rule of a branch, what is made or waited for. */
export function describeNode(node: FlowNode, version: Pick<FlowVersion, "connectors" | "connections">): string {
  switch (node.kind) {
    case "webhook-trigger":
      return "Each accepted webhook";
    case "manual-trigger":
      return node.form?.length ? "Each filled-in form" : "Each Run now";
    case "app-trigger":
      return describeAppTrigger(node, version);
    case "schedule-trigger":
      return describeSchedule(node.schedule);
    case "api-trigger":
      return node.answer === "sync" ? "Each call, answered by the flow" : "Each call, answered at once";
    case "call":
      return describeCall(node, version);
    case "branch":
    case "filter":
      return describeRule(node.conditions, node.match);
    case "switch":
      return node.cases.map(({ name }) => name).join(", ");
    case "transform":
      return describeFields(node.output);
    case "respond":
      return `Answer ${node.status}`;
    default:
      return describeControl(node);
  }
}

/**
 * The same for a card, which has room for little: a call whose name already tells its endpoint ("Search contact", "Search contacts")
 * shows the connection alone.
 */
export function describeOnCard(node: FlowNode, version: Pick<FlowVersion, "connectors" | "connections">): string {
  if (node.kind !== "call") return describeNode(node, version);
  const { endpoint, through } = callNames(node, version);
  const told = node.name.toLowerCase().startsWith(endpoint.toLowerCase().replace(/s$/, ""));
  return told ? through : `${endpoint} · ${through}`;
}

function describeAppTrigger(node: AppTriggerNode, { connectors }: Pick<FlowVersion, "connectors">): string {
  const connector = connectors.find((each) => each.key === node.connector);
  const trigger = connector?.triggers?.find(({ key }) => key === node.trigger);
  return `${trigger?.name ?? node.trigger} · ${connector?.name ?? node.connector}`;
}

function describeCall(node: CallNode, version: Pick<FlowVersion, "connectors" | "connections">): string {
  const { endpoint, through } = callNames(node, version);
  return `${endpoint} · ${through}`;
}

function callNames(
  node: CallNode,
  version: Pick<FlowVersion, "connectors" | "connections">,
): { endpoint: string; through: string } {
  const connector = version.connectors.find((each) => each.key === node.connector);
  const connection = node.connection === null ? undefined : version.connections[node.connection];
  return {
    endpoint: endpointOf(node, connector)?.name ?? node.endpoint,
    through: connection ?? connector?.name ?? node.connector,
  };
}

export function endpointOf(
  node: CallNode,
  connector: ConnectorLabel | undefined,
): ConnectorLabel["endpoints"][number] | undefined {
  return connector?.endpoints.find((each) => each.key === node.endpoint);
}

const operators: Record<ConditionOperator, string> = {
  equals: "=",
  "not-equals": "≠",
  "greater-than": ">",
  "at-least": "≥",
  "less-than": "<",
  "at-most": "≤",
  contains: "contains",
  exists: "exists",
  "is-empty": "is empty",
  "is-not-empty": "is not empty",
};

function describeRule(conditions: readonly Condition[], match: "all" | "any"): string {
  const [first, ...others] = conditions;
  if (!first || (first.left === "" && first.right === "")) return "No rule yet";
  const rule = describeCondition(first);
  return others.length === 0 ? rule : `${rule} ${match === "all" ? "and" : "or"} ${others.length} more`;
}

export function describeCondition(condition: Condition): string {
  const right = condition.right === undefined ? "" : ` ${readable(condition.right)}`;
  return `${readable(condition.left)} ${operators[condition.operator]}${right}`;
}

function describeFields(output: Json): string {
  if (typeof output !== "object" || output === null) return `Makes ${readable(output)}`;
  if (Array.isArray(output)) return `Makes a list of ${output.length}`;
  const keys = Object.keys(output);
  return keys.length === 0 ? "Makes an empty object" : `Makes ${keys.join(", ")}`;
}
