import type { Json } from "../json.ts";
import type { Condition } from "./condition.ts";
import type { Path } from "./expression.ts";
import type { FlowNode } from "./node.ts";

/** A string of a node in which expressions are resolved: `path` is its place in the node, `inside` that it is resolved in its container. */
export type NodeTemplate = { path: Path; text: string; inside: boolean };

/** Every string of a node that may hold expressions, in the order of its fields. */
export function templatesOf(node: FlowNode): NodeTemplate[] {
  const found: NodeTemplate[] = [];
  for (const { field, value, inside = false } of valuesOf(node)) collect(value, [field], inside, found);
  return found;
}

/** Where a template stands, as problems name it: `inputs.list.0`. */
export function fieldOf(path: Path): string {
  return path.join(".");
}

type Value = { field: string; value: Json | undefined; inside?: boolean };

/** The values of a node that are resolved. What a container gives is resolved inside of it. */
function valuesOf(node: FlowNode): Value[] {
  const fields = <Field extends string>(values: Record<Field, Json | undefined>): Value[] =>
    Object.entries<Json | undefined>(values).map(([field, value]) => ({ field, value }));
  switch (node.kind) {
    case "call":
      return fields({ inputs: node.inputs });
    case "http":
      return fields({ url: node.url, query: node.query, headers: node.headers, body: node.body });
    case "code":
      return fields({ inputs: node.inputs });
    case "branch":
    case "filter":
      return fields({ conditions: conditionsOf(node.conditions) });
    case "switch":
      return fields({ cases: node.cases.map(({ conditions }) => ({ conditions: conditionsOf(conditions) })) });
    case "transform":
      return fields({ output: node.output });
    case "for-each":
      return [
        { field: "items", value: node.items },
        { field: "result", value: node.result, inside: true },
      ];
    case "try":
      return [{ field: "result", value: node.result, inside: true }];
    case "delay":
      return node.until === undefined ? fields({ delayMs: node.delayMs }) : fields({ until: node.until });
    case "wait":
      return fields({ correlation: node.correlation && { key: node.correlation.key }, deadlineMs: node.deadlineMs });
    case "approval":
      return fields({ title: node.title, description: node.description, deadlineMs: node.deadlineMs });
    case "sub-flow":
      return fields({ input: node.input });
    case "respond":
      return fields({ headers: node.headers, body: node.body });
    case "key-value":
      return fields({ key: node.key, value: node.value, by: node.by });
    case "once":
      return fields({ key: node.key });
    case "stop":
      return fields({ message: node.message });
    case "webhook-trigger":
    case "manual-trigger":
    case "app-trigger":
    case "schedule-trigger":
    case "api-trigger":
      return [];
  }
}

function conditionsOf(conditions: readonly Condition[]): Json {
  return conditions.map(({ left, right }) => ({ left, ...(right !== undefined && { right }) }));
}

function collect(value: Json | undefined, path: Path, inside: boolean, found: NodeTemplate[]): void {
  if (typeof value === "string") {
    if (value.includes("{{")) found.push({ path, text: value, inside });
  } else if (Array.isArray(value)) for (const [index, item] of value.entries()) collect(item, [...path, index], inside, found);
  else if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) collect(inner, [...path, key], inside, found);
}
