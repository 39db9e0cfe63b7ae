import type { ConnectorDraft } from "../connector/connector.ts";
import { containerProblems } from "./container-problems.ts";
import { expressionProblems, type NodeProblem, type Severity } from "./expression-problems.ts";
import type { Flow, FlowEdge } from "./flow.ts";
import type { FlowTypes } from "./flow-types.ts";
import { type Graph, topologicalOrder } from "./graph.ts";
import { nestedTooDeep, tooDeepMessage } from "./nesting.ts";
import type { FlowNode } from "./node.ts";
import { isTrigger, outcomePorts, parentOf } from "./node-ports.ts";
import type { Known } from "./output-type.ts";
import { settingsProblems } from "./settings-problems.ts";
import { stepProblems } from "./step-problems.ts";
import { triggerProblems } from "./trigger-problems.ts";
import { typeFlow } from "./type-flow.ts";
import { typeProblems } from "./type-problems.ts";

/**
 * One thing that is wrong with a flow: where, and in `fix` what to do about it. An `error` keeps the flow from being published, a
 * `warning` does not.
 */
export type FlowProblem = {
  node: string | null;
  field: string | null;
  code: string;
  message: string;
  severity: Severity;
  fix?: string;
};

/**
 * Checks what the schema cannot: unique ids, edges that exist, no cycle, triggers, containers, and that every expression can be read,
 * refers to what runs before it, to a path that is there, and gives what its place takes. Given `connectors` by key, also each call and app
 * trigger: its endpoint, connection and inputs. `more`: what else is known; the samples of a run make problems of types only this check's
 * caller sees. Messages name nodes by their names.
 */
export function validateFlow(
  flow: Flow,
  connectors?: ReadonlyMap<string, ConnectorDraft>,
  more: Omit<Known, "connectors"> = {},
): FlowProblem[] {
  // What is known inside of them grows with each: it is not worked out for a flow that is none.
  const deep = nestedTooDeep(flow.nodes).map(tooDeep);
  if (deep.length > 0) return [...duplicateIds(flow), ...deep];
  const known = { ...more, connectors };
  const types = typeFlow(flow, known);
  const { graph } = types;
  const problems = [...duplicateIds(flow), ...flow.edges.flatMap((edge) => edgeProblems(edge, graph))];
  const sorted = topologicalOrder(graph);
  if ("cycle" in sorted) problems.push(cycleProblem(sorted.cycle, graph));
  if (!flow.nodes.some(isTrigger))
    problems.push(error({ node: null, field: null, code: "no_trigger", message: "the flow has no trigger" }));
  for (const node of flow.nodes)
    for (const problem of nodeProblems(node, types, known)) problems.push(error({ node: node.id, ...problem }));
  for (const problem of settingsProblems(flow)) problems.push(error({ node: null, ...problem }));
  return problems;
}

/** Those that keep a flow from being published. */
export function blocking(problems: readonly FlowProblem[]): FlowProblem[] {
  return problems.filter(({ severity }) => severity !== "warning");
}

function error(problem: Omit<FlowProblem, "severity"> & { severity?: Severity }): FlowProblem {
  return { severity: "error", ...problem };
}

function tooDeep(node: FlowNode): FlowProblem {
  return error({
    node: node.id,
    field: "parent",
    code: "nested_too_deep",
    message: tooDeepMessage(node),
    fix: "take it out, or make what is inside of it a flow of its own that a sub-flow step starts",
  });
}

function duplicateIds(flow: Flow): FlowProblem[] {
  const nodes = repeated(flow.nodes, ({ id }) => id).map(({ id, name }) => ({
    node: id,
    field: "id",
    code: "duplicate_node",
    message: `two nodes have the id "${id}"; one of them is "${name}"`,
    severity: "error" as const,
  }));
  const edges = repeated(flow.edges, ({ id }) => id).map(({ id, source }) => ({
    node: source,
    field: `edges.${id}`,
    code: "duplicate_edge",
    message: `two edges have the id "${id}"`,
    severity: "error" as const,
  }));
  return [...nodes, ...edges];
}

function repeated<T>(items: T[], keyOf: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => seen.size === seen.add(keyOf(item)).size);
}

function edgeProblems(edge: FlowEdge, { nodes }: Graph): FlowProblem[] {
  const source = nodes.get(edge.source);
  const target = nodes.get(edge.target);
  const problem = (message: string) => [error({ node: edge.source, field: `edges.${edge.id}`, code: "bad_edge", message })];
  if (!source) return problem(`an edge to "${target?.name ?? edge.target}" comes from a node that does not exist`);
  if (!target) return problem(`an edge of "${source.name}" leads to a node that does not exist`);
  if (isTrigger(target)) return problem(`an edge of "${source.name}" leads into the trigger "${target.name}"`);
  const ports = isTrigger(source) ? ["out"] : [...outcomePorts(source), "error"];
  if (ports.includes(edge.port)) return [];
  if (source.kind !== "switch") return problem(`"${source.name}" has no port "${edge.port}" (it has ${ports.join(", ")})`);
  const cases = source.cases.map(({ name }) => `"${name}"`).join(", ");
  return problem(`"${source.name}" has no case "${edge.port}", from which an edge leads to "${target.name}" (it has ${cases})`);
}

function cycleProblem(cycle: string[], { nodes }: Graph): FlowProblem {
  const names = cycle.map((id) => `"${nodes.get(id)?.name ?? id}"`).join(", ");
  return error({ node: cycle[0] ?? null, field: null, code: "cycle", message: `these nodes form a cycle: ${names}` });
}

function nodeProblems(node: FlowNode, types: FlowTypes, known: Known): NodeProblem[] {
  const { graph } = types;
  const problems: NodeProblem[] = [];
  if (!isTrigger(node) && parentOf(node) === null && graph.incoming.get(node.id)?.length === 0) {
    const message = `"${node.name}" has no incoming edge, so it would never run`;
    problems.push({ field: null, code: "unreachable", message });
  }
  problems.push(...containerProblems(node, graph));
  problems.push(...(isTrigger(node) ? triggerProblems(node, known.connectors) : stepProblems(node, graph, known)));
  problems.push(...expressionProblems(node, types), ...typeProblems(node, types, known.connectors));
  return problems;
}
