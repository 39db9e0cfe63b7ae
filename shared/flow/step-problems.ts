import type { ConnectorDraft } from "../connector/connector.ts";
import type { Json } from "../json.ts";
import { callProblems } from "./call-problems.ts";
import type { Condition } from "./condition.ts";
import type { NodeProblem } from "./expression-problems.ts";
import type { Graph } from "./graph.ts";
import type { FlowNode, StepNode, SwitchNode } from "./node.ts";
import { isTrigger } from "./node-ports.ts";
import type { Known } from "./output-type.ts";
import { formFieldProblems } from "./trigger-problems.ts";

/** What is missing or wrong in the settings of a step, of whichever kind, its expressions and its place left aside. */
export function stepProblems(node: StepNode, graph: Graph, { connectors, flows }: Known): NodeProblem[] {
  switch (node.kind) {
    case "call":
      return connectors ? callProblems(node, connectors) : [];
    case "http":
      return httpProblems(node, connectors);
    case "switch":
      return [
        ...caseProblems(node),
        ...node.cases.flatMap(({ conditions }, index) => conditionProblems(conditions, `cases.${index}.conditions`)),
      ];
    case "branch":
    case "filter":
      return conditionProblems(node.conditions, "conditions");
    case "for-each":
      return typeof node.items === "string" ? textItems(node.items) : listProblems(node.items);
    case "wait":
      return node.correlation ? triggerNamed(node.correlation.trigger, graph) : [];
    case "approval":
      return formFieldProblems(node.form);
    case "sub-flow":
      return flowNamed(node.flow, flows);
    case "key-value":
      return node.operation === "put" && node.value === undefined
        ? [{ field: "value", code: "missing_input", message: "enter the value to put" }]
        : [];
    case "code":
    case "transform":
    case "try":
    case "delay":
    case "respond":
    case "once":
    case "stop":
      return [];
  }
}

function httpProblems(
  node: Extract<FlowNode, { kind: "http" }>,
  connectors: ReadonlyMap<string, ConnectorDraft> | undefined,
): NodeProblem[] {
  const problems: NodeProblem[] = [];
  if (node.url.trim() === "") problems.push({ field: "url", code: "missing_input", message: "enter a URL" });
  const isForm =
    typeof node.body === "string" || (typeof node.body === "object" && node.body !== null && !Array.isArray(node.body));
  if (node.bodyType === "form" && !isForm)
    problems.push({ field: "body", code: "wrong_type", message: "the form must be an object of fields" });
  if (node.connection !== null && node.connector === null)
    problems.push({ field: "connector", code: "missing_input", message: "choose the connector whose connection it uses" });
  if (node.connector !== null && connectors && !connectors.has(node.connector))
    problems.push({ field: "connector", code: "unknown_connector", message: `there is no connector "${node.connector}"` });
  return problems;
}

function textItems(items: string): NodeProblem[] {
  return items.includes("{{") ? [] : listProblems(items === "" ? null : items);
}

function listProblems(items: Json): NodeProblem[] {
  if (Array.isArray(items)) return [];
  const message = items === null ? "choose the list to go through" : "the items must be a list, or a template that gives one";
  return [{ field: "items", code: items === null ? "missing_input" : "wrong_type", message }];
}

function triggerNamed(id: string, { nodes }: Graph): NodeProblem[] {
  const trigger = nodes.get(id);
  if (trigger && isTrigger(trigger)) return [];
  const message = trigger
    ? `"${trigger.name}" is no trigger: events come in by a trigger of the flow alone`
    : `there is no trigger "${id}"`;
  return [{ field: "correlation.trigger", code: "unknown_trigger", message }];
}

function flowNamed(flow: string, flows: Known["flows"]): NodeProblem[] {
  if (flow === "") return [{ field: "flow", code: "missing_input", message: "choose the flow to run" }];
  return flows && !flows.has(flow)
    ? [{ field: "flow", code: "unknown_flow", message: "the flow that it runs does not exist, or is not published" }]
    : [];
}

/** A condition that compares nothing holds or fails whatever comes, and lets pass what it was put there to stop. */
function conditionProblems(conditions: readonly Condition[], field: string): NodeProblem[] {
  return conditions.flatMap(({ left }, index) =>
    left === "" ? [{ field: `${field}.${index}.left`, code: "missing_input", message: "choose the value to compare" }] : [],
  );
}

function caseProblems({ cases }: SwitchNode): NodeProblem[] {
  const seen = new Map<string, string>();
  return cases.flatMap(({ port, name }, index): NodeProblem[] => {
    const first = seen.get(port);
    if (first === undefined) {
      seen.set(port, name);
      return [];
    }
    const message = `the cases "${first}" and "${name}" leave by the same port "${port}"`;
    return [{ field: `cases.${index}.port`, code: "duplicate_case", message }];
  });
}
