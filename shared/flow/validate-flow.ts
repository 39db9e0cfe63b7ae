import type { ConnectorDraft } from "../connector/connector.ts";
import { callProblems } from "./call-problems.ts";
import { expressionProblems, type NodeProblem } from "./expression-problems.ts";
import type { Flow, FlowEdge } from "./flow.ts";
import { buildGraph, type Graph, topologicalOrder } from "./graph.ts";
import type { FlowNode, SwitchNode } from "./node.ts";
import { isTrigger, outcomePorts } from "./node-ports.ts";
import { triggerProblems } from "./trigger-problems.ts";

/** One reason why a flow may not be published: where, and what to do about it. */
export type FlowProblem = { node: string | null; field: string | null; code: string; message: string };

/**
 * Checks what the schema cannot: unique ids, edges that exist, no cycle, triggers, and that every expression can be read and refers
 * to what runs before it. Given `connectors` by key, also each
 * call and app trigger: its endpoint, connection and inputs. Messages name nodes by
 * their names.
 */
export function validateFlow(flow: Flow, connectors?: ReadonlyMap<string, ConnectorDraft>): FlowProblem[] {
  const graph = buildGraph(flow);
  const problems = [...duplicateIds(flow), ...flow.edges.flatMap((edge) => edgeProblems(edge, graph))];
  const sorted = topologicalOrder(graph);
  if ("cycle" in sorted) problems.push(cycleProblem(sorted.cycle, graph));
  if (!flow.nodes.some(isTrigger))
    problems.push({ node: null, field: null, code: "no_trigger", message: "the flow has no trigger" });
  for (const node of flow.nodes)
    for (const problem of nodeProblems(node, graph, connectors)) problems.push({ node: node.id, ...problem });
  return problems;
}

function duplicateIds(flow: Flow): FlowProblem[] {
  const nodes = repeated(flow.nodes, ({ id }) => id).map(({ id, name }) => ({
    node: id,
    field: "id",
    code: "duplicate_node",
    message: `two nodes have the id "${id}"; one of them is "${name}"`,
  }));
  const edges = repeated(flow.edges, ({ id }) => id).map(({ id, source }) => ({
    node: source,
    field: `edges.${id}`,
    code: "duplicate_edge",
    message: `two edges have the id "${id}"`,
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
  const problem = (message: string) => [{ node: edge.source, field: `edges.${edge.id}`, code: "bad_edge", message }];
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
  return { node: cycle[0] ?? null, field: null, code: "cycle", message: `these nodes form a cycle: ${names}` };
}

function nodeProblems(node: FlowNode, graph: Graph, connectors?: ReadonlyMap<string, ConnectorDraft>): NodeProblem[] {
  const problems: NodeProblem[] = [];
  if (!isTrigger(node) && graph.incoming.get(node.id)?.length === 0) {
    const message = `"${node.name}" has no incoming edge, so it would never run`;
    problems.push({ field: null, code: "unreachable", message });
  }
  if (node.kind === "switch") problems.push(...caseProblems(node));
  if (isTrigger(node)) problems.push(...triggerProblems(node, connectors));
  if (node.kind === "call" && connectors) problems.push(...callProblems(node, connectors));
  problems.push(...expressionProblems(node, graph));
  return problems;
}

function caseProblems({ cases }: SwitchNode): NodeProblem[] {
  return repeated(cases, ({ port }) => port).map((each) => {
    const first = cases.find(({ port }) => port === each.port);
    const message = `the cases "${first?.name}" and "${each.name}" leave by the same port "${each.port}"`;
    return { field: `cases.${cases.indexOf(each)}.port`, code: "duplicate_case", message };
  });
}
