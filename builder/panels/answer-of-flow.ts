import type { Flow } from "../../shared/flow/flow.ts";
import { type JsonSchema, originKey } from "../../shared/flow/schema-path.ts";
import { typeFlow } from "../../shared/flow/type-flow.ts";
import type { Json } from "../../shared/json.ts";

/**
 * The schema of what a flow answers with, `{status, headers, body}`, from its respond nodes; undefined where it has none. The flow may be
 * published anew at any time, so that all of it counts as inferred: what does not fit it is a warning.
 */
export function answerOfFlow(flow: Flow): JsonSchema | undefined {
  const { outputs } = typeFlow(flow);
  const schemas = flow.nodes.flatMap((node) => {
    const output = node.kind === "respond" ? outputs.get(node.id) : undefined;
    return output ? [{ ...(inferred(output.schema) as JsonSchema), [originKey]: "inferred" }] : [];
  });
  const [first] = schemas;
  return schemas.length > 1 ? { anyOf: schemas } : first;
}

function inferred(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(inferred);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === originKey ? "inferred" : inferred(value)]),
  );
}
