import type { Json } from "../json.ts";
import { type Path, parseTemplate } from "./expression.ts";
import { ancestors, type Graph } from "./graph.ts";
import { checkJsonata, type Root } from "./jsonata.ts";
import type { Condition, FlowNode } from "./node.ts";

/** What is wrong with a node, at a path in it such as `inputs.email`. */
export type NodeProblem = { field: string | null; code: string; message: string };

/** What is wrong with the expressions of a node: their syntax, and what they refer to. A node may read only what runs before it. */
export function expressionProblems(node: FlowNode, graph: Graph): NodeProblem[] {
  let known: Set<string> | null = null;
  const scope: Scope = {
    graph,
    // Most nodes read nothing but the trigger.
    runsBefore: (id) => {
      known ??= ancestors(graph, node.id);
      return known.has(id);
    },
  };
  return stringsOf(node).flatMap(({ field, text }) => textProblems(text, scope).map((problem) => ({ field, ...problem })));
}

type Scope = { graph: Graph; runsBefore(id: string): boolean };
type TextProblem = Omit<NodeProblem, "field">;

function textProblems(text: string, scope: Scope): TextProblem[] {
  if (!text.includes("{{")) return [];
  const template = parseTemplate(text);
  if ("problem" in template) return [{ code: "bad_expression", message: template.problem }];
  if (template.jsonata !== undefined) return jsonataProblems(template.jsonata, scope);
  return template.parts.flatMap((part) => ("path" in part ? pathProblems(part.path, part.source, scope) : []));
}

function pathProblems([root, id]: Path, source: string, scope: Scope): TextProblem[] {
  if (root === "trigger") return [];
  if (root !== "steps") return [{ code: "unknown_root", message: `"${source}" must start with trigger or steps` }];
  return stepProblems(typeof id === "string" ? id : "", source, scope);
}

function jsonataProblems(source: string, scope: Scope): TextProblem[] {
  const checked = checkJsonata(source);
  if ("problem" in checked) return [{ code: "bad_expression", message: `${checked.problem} (at character ${checked.position})` }];
  return checked.roots.flatMap((root) => rootProblems(root, scope));
}

function rootProblems(root: Root, scope: Scope): TextProblem[] {
  switch (root.root) {
    case "trigger":
    case "all":
      return [];
    case "step":
      return stepProblems(root.id, `steps.${root.id}`, scope);
    case "unknown":
      return [{ code: "unknown_root", message: `"${root.name}" is not known here: start with trigger or steps` }];
  }
}

function stepProblems(id: string, source: string, { graph, runsBefore }: Scope): TextProblem[] {
  const node = graph.nodes.get(id);
  if (!node) return [{ code: "unknown_node", message: `"${source}" refers to a node that does not exist${hint(id, graph)}` }];
  if (runsBefore(id)) return [];
  return [{ code: "not_an_ancestor", message: `"${source}" refers to "${node.name}", which does not run before this node` }];
}

/** A hyphen is a minus sign in JSONata, so that `steps.search-contacts` reads the step "search". */
function hint(id: string, graph: Graph): string {
  if (id === "") return "";
  const meant = [...graph.nodes.keys()].find((other) => other.startsWith(`${id}-`));
  return meant === undefined ? "" : `: in an expression, write steps.\`${meant}\``;
}

/** The strings of a node in which expressions are resolved, with the place of each. */
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
    case "app-trigger":
    case "schedule-trigger":
    case "api-trigger":
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
