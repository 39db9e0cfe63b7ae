import type { NodeProblem } from "./expression-problems.ts";
import type { Graph } from "./graph.ts";
import type { FlowNode } from "./node.ts";
import { isContainer, parentOf } from "./node-ports.ts";

/** What is wrong with where a node is: its container, what is inside of it, and the edges over its border. */
export function containerProblems(node: FlowNode, graph: Graph): NodeProblem[] {
  const problems = [...parentProblems(node, graph), ...borderProblems(node, graph)];
  if (isContainer(node) && (graph.inside.get(node.id) ?? []).length === 0) {
    const message = `there is nothing inside "${node.name}", so it does nothing`;
    problems.push({
      field: null,
      code: "empty_container",
      severity: "warning",
      message,
      fix: "drag the steps into it that it is for",
    });
  }
  return problems;
}

function parentProblems(node: FlowNode, graph: Graph): NodeProblem[] {
  const parent = parentOf(node);
  if (parent === null) return [];
  const problem = (code: string, message: string): NodeProblem[] => [{ field: "parent", code, message }];
  const container = graph.nodes.get(parent);
  if (!container) return problem("unknown_container", `"${node.name}" is inside of a node "${parent}" that does not exist`);
  if (!isContainer(container))
    return problem(
      "not_a_container",
      `"${node.name}" is inside of "${container.name}", which is no container: only for-each and try are`,
    );
  return isInCircle(node, graph) ? problem("container_cycle", `"${node.name}" is inside of itself`) : [];
}

function isInCircle(node: FlowNode, graph: Graph): boolean {
  const seen = new Set<string>();
  for (let parent = parentOf(node); parent !== null && !seen.has(parent); ) {
    if (parent === node.id) return true;
    seen.add(parent);
    const container = graph.nodes.get(parent);
    parent = container ? parentOf(container) : null;
  }
  return false;
}

/** Told at the edge's source, where its port is. */
function borderProblems(node: FlowNode, graph: Graph): NodeProblem[] {
  return (graph.outgoing.get(node.id) ?? []).flatMap(({ id, target }): NodeProblem[] => {
    const other = graph.nodes.get(target);
    if (!other || parentOf(other) === parentOf(node)) return [];
    const message = `an edge leads from "${node.name}" to "${other.name}" over the border of a container`;
    const field = `edges.${id}`;
    return [
      {
        field,
        code: "crosses_border",
        message,
        fix: "put both into the same container, or lead the edge from the container itself",
      },
    ];
  });
}
