import type { Json } from "../json.ts";
import { type Path, parseTemplate } from "./expression.ts";
import type { JsonSchema } from "./schema-path.ts";

/** Levels of a value that is written down of which the type is told, and items of a list. */
const deepestShape = 50;
const mostItems = 20;

/** What a path gives, and whether it may give nothing. */
export type Read = (path: Path) => { schema: JsonSchema; optional: boolean };

/** The schema of a value that is written down; what its templates give is told by `read`, what JSONata gives is not known. */
export function valueShape(value: Json, read: Read): JsonSchema {
  return shapeOf(value, deepestShape, read);
}

function shapeOf(value: Json, depth: number, read: Read): JsonSchema {
  if (typeof value === "string") return textShape(value, read).schema;
  if (value === null) return { type: "null" };
  if (typeof value === "number") return { type: Number.isInteger(value) ? "integer" : "number" };
  if (typeof value === "boolean") return { type: "boolean" };
  if (depth === 0) return {};
  if (Array.isArray(value)) return listShape(value, depth, read);
  const fields = Object.entries(value).map(([key, inner]) => {
    const shape =
      typeof inner === "string" ? textShape(inner, read) : { schema: shapeOf(inner, depth - 1, read), optional: false };
    return { key, ...shape };
  });
  const required = fields.filter(({ optional }) => !optional).map(({ key }) => key);
  return {
    type: "object",
    properties: Object.fromEntries(fields.map(({ key, schema }) => [key, schema])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function listShape(value: Json[], depth: number, read: Read): JsonSchema {
  const shapes = new Map<string, JsonSchema>();
  for (const item of value.slice(0, mostItems)) {
    const shape = shapeOf(item, depth - 1, read);
    // Scalars alone are worth comparing: what is large is told apart by its place.
    shapes.set(typeof item === "object" && item !== null ? `${shapes.size} ` : JSON.stringify(shape.type ?? shapes.size), shape);
  }
  const [first] = shapes.values();
  if (!first) return { type: "array" };
  if (value.length > mostItems) shapes.set("", {});
  return { type: "array", items: shapes.size === 1 ? first : { anyOf: [...shapes.values()] } };
}

function textShape(text: string, read: Read): { schema: JsonSchema; optional: boolean } {
  if (!text.includes("{{")) return { schema: { type: "string" }, optional: false };
  const template = parseTemplate(text);
  if ("problem" in template) return { schema: { type: "string" }, optional: false };
  if (template.jsonata !== undefined) return { schema: {}, optional: true };
  return template.whole ? read(template.whole) : { schema: { type: "string" }, optional: false };
}
