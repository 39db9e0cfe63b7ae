import type { Json } from "../json.ts";
import { parseTemplate } from "./expression.ts";
import type { Flow } from "./flow.ts";
import { ancestors, buildGraph, type Graph, topologicalOrder } from "./graph.ts";
import type { Condition, FlowNode } from "./node.ts";
import { isTrigger, outcomePorts } from "./node-ports.ts";

/** One reason why a flow may not be published: where, and what to do about it. */
export type FlowProblem = { node: string | null; field: string | null; code: string; message: string };

/** Checks what the schema cannot: unique ids, edges that exist, no cycle, triggers, and that every path refers to an ancestor. */
export function validateFlow(flow: Flow): FlowProblem[] {
  const graph = buildGraph(flow);
  const problems = [...duplicateIds(flow), ...badEdges(flow, graph)];
  const sorted = topologicalOrder(graph);
  if ("cycle" in sorted) {
    problems.push({
      node: sorted.cycle[0] ?? null,
      field: null,
      code: "cycle",
      message: `these nodes form a cycle: ${sorted.cycle.join(", ")}`,
    });
    return problems;
  }
  if (!flow.nodes.some(isTrigger))
    problems.push({ node: null, field: null, code: "no_trigger", message: "the flow has no trigger" });
  for (const node of flow.nodes) problems.push(...nodeProblems(node, graph));
  return problems;
}

function duplicateIds(flow: Flow): FlowProblem[] {
  const nodes = repeated(flow.nodes).map(({ id }) => ({
    node: id,
    field: "id",
    code: "duplicate_node",
    message: `two nodes have the id "${id}"`,
  }));
  const edges = repeated(flow.edges).map(({ id, source }) => ({
    node: source,
    field: `edges.${id}`,
    code: "duplicate_edge",
    message: `two edges have the id "${id}"`,
  }));
  return [...nodes, ...edges];
}

function repeated<T extends { id: string }>(items: T[]): T[] {
  const seen = new Set<string>();
  return items.filter(({ id }) => seen.size === seen.add(id).size);
}

function badEdges(flow: Flow, graph: Graph): FlowProblem[] {
  return flow.edges.flatMap((edge) => {
    const source = graph.nodes.get(edge.source);
    const target = graph.nodes.get(edge.target);
    const problem = (message: string) => [{ node: edge.source, field: `edges.${edge.id}`, code: "bad_edge", message }];
    if (!source) return problem(`the edge "${edge.id}" starts at "${edge.source}", which does not exist`);
    if (!target) return problem(`the edge "${edge.id}" ends at "${edge.target}", which does not exist`);
    if (isTrigger(target)) return problem(`the edge "${edge.id}" leads into the trigger "${edge.target}"`);
    const ports = isTrigger(source) ? ["out"] : [...outcomePorts(source), "error"];
    return ports.includes(edge.port) ? [] : problem(`"${edge.source}" has no port "${edge.port}" (it has ${ports.join(", ")})`);
  });
}

function nodeProblems(node: FlowNode, graph: Graph): FlowProblem[] {
  const problems: FlowProblem[] = [];
  if (!isTrigger(node) && graph.incoming.get(node.id)?.length === 0)
    problems.push({
      node: node.id,
      field: null,
      code: "unreachable",
      message: `"${node.name}" has no incoming edge, so it would never run`,
    });
  const reachable = ancestors(graph, node.id);
  for (const { field, text } of stringsOf(node)) {
    const template = parseTemplate(text);
    const problem = (code: string, message: string) => problems.push({ node: node.id, field, code, message });
    if ("problem" in template) {
      problem("bad_expression", template.problem);
      continue;
    }
    for (const part of template.parts) {
      if (!("path" in part)) continue;
      const [root, id] = part.path;
      if (root === "trigger") continue;
      if (root !== "steps") problem("unknown_root", `"${part.source}" must start with trigger or steps`);
      else if (typeof id !== "string" || !graph.nodes.has(id))
        problem("unknown_node", `"${part.source}" refers to a node that does not exist`);
      else if (!reachable.has(id))
        problem("not_an_ancestor", `"${part.source}" refers to "${id}", which does not run before this node`);
    }
  }
  return problems;
}

/** The strings of a node in which templates are resolved, with the place of each. */
function stringsOf(node: FlowNode): { field: string; text: string }[] {
  switch (node.kind) {
    case "call":
      return strings(node.inputs, "inputs");
    case "branch":
      return conditionStrings(node.conditions, "conditions");
    case "switch":
      return node.cases.flatMap(({ conditions }, index) => conditionStrings(conditions, `cases.${index}.conditions`));
    case "transform":
      return strings(node.output, "output");
    case "delay":
      return strings(node.delayMs, "delayMs");
    case "respond":
      return [...strings(node.headers, "headers"), ...strings(node.body, "body")];
    case "webhook-trigger":
    case "manual-trigger":
      return [];
  }
}

function conditionStrings(conditions: Condition[], field: string): { field: string; text: string }[] {
  return conditions.flatMap((condition, index) => [
    ...strings(condition.left, `${field}.${index}.left`),
    ...strings(condition.right ?? null, `${field}.${index}.right`),
  ]);
}

function strings(value: Json, field: string): { field: string; text: string }[] {
  if (typeof value === "string") return [{ field, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => strings(inner, `${field}.${key}`));
}
