import type { Json } from "../json.ts";
import { asSchema, type JsonSchema } from "./schema-path.ts";

/** Places of one schema that are shown: more than a person reads, and bounded however often a schema holds another. */
const mostPlaces = 2_000;
const deepest = 12;
/** Alternatives within alternatives that are joined at one place. */
const mostParts = 200;

/**
 * A schema as one that trees can show: alternatives become one object with the fields of all, required where all require them; places beyond
 * 2,000, the deepest first, are left out.
 */
export function shownSchema(schema: JsonSchema): JsonSchema {
  const root: JsonSchema = {};
  const open: { from: JsonSchema; into: JsonSchema; depth: number }[] = [{ from: schema, into: root, depth: 0 }];
  const below = (from: Json | undefined, depth: number): JsonSchema => {
    const into: JsonSchema = {};
    open.push({ from: asSchema(from), into, depth });
    return into;
  };
  // Outer places first: what is cut off lies deep.
  for (const { from, into, depth } of open) {
    const { properties, items, ...own } = mergedOf(from, { parts: mostParts });
    Object.assign(into, own);
    if (depth >= deepest || open.length >= mostPlaces) continue;
    if (properties !== undefined) {
      const names = Object.entries(asSchema(properties)).slice(0, mostPlaces - open.length);
      into.properties = Object.fromEntries(names.map(([name, inner]) => [name, below(inner, depth + 1)]));
    }
    if (items !== undefined && typeof items !== "boolean") into.items = below(items, depth + 1);
  }
  return root;
}

/** One schema for all that a schema is put together of. */
function mergedOf(schema: JsonSchema, budget: { parts: number }, depth = 0): JsonSchema {
  const { anyOf, oneOf, allOf, ...own } = schema;
  const alternatives = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list.slice(0, 24).map(asSchema) : []));
  const all = Array.isArray(allOf) ? allOf.slice(0, 24).map(asSchema) : [];
  budget.parts -= 1;
  if ((alternatives.length === 0 && all.length === 0) || depth > 6 || budget.parts < 0) return own;
  const parts = [
    own,
    ...all.map((part) => mergedOf(part, budget, depth + 1)),
    either(alternatives.map((part) => mergedOf(part, budget, depth + 1))),
  ];
  const fields = parts.filter(({ properties }) => properties !== undefined);
  const merged: { [key: string]: Json } = Object.assign({}, ...parts);
  if (fields.length > 0) merged.properties = Object.assign({}, ...fields.map(({ properties }) => asSchema(properties)));
  const required = parts.flatMap((part) => (Array.isArray(part.required) ? part.required : []));
  if (required.length > 0) merged.required = [...new Set(required)];
  return merged;
}

function either(alternatives: JsonSchema[]): JsonSchema {
  const some = alternatives.filter(({ type }) => type !== "null");
  const [first] = some;
  if (!first) return alternatives[0] ?? {};
  const types = new Set(
    alternatives.flatMap(({ type }) => (typeof type === "string" ? [type] : Array.isArray(type) ? type : [])),
  );
  if (some.length === 1) return types.size > 1 ? { ...first, type: [...types] } : first;
  const isKnown = alternatives.every(({ type }) => type !== undefined);
  const objects = some.filter(({ properties }) => properties !== undefined);
  const lists = (part: JsonSchema): Json[] => (Array.isArray(part.required) ? part.required : []);
  const required = lists(first).filter((name) => alternatives.every((part) => lists(part).includes(name)));
  const items = some.find((part) => part.items !== undefined)?.items;
  return {
    ...(isKnown && { type: [...types] }),
    ...(objects.length > 0 && {
      properties: Object.assign({}, ...objects.toReversed().map(({ properties }) => asSchema(properties))),
    }),
    ...(required.length > 0 && { required }),
    ...(items !== undefined && { items }),
  };
}
