import type { Json } from "../json.ts";

/** Below this depth a value is described by its type alone. */
const maxDepth = 12;
/** Properties of one object that are described. */
const maxBreadth = 300;

/**
 * The JSON Schema (2020-12) that fits all samples: types, properties (required when every sample has them), `null` beside another
 * type, formats of strings, and one schema for all items of an array. Each sample is valid against it.
 */
export function inferSchema(samples: Json[]): Json {
  return infer(samples, 0);
}

function infer(samples: Json[], depth: number): Json {
  const types = [...new Set(samples.map(typeOf))].sort();
  // Every integer is a number.
  const named = types.includes("number") ? types.filter((type) => type !== "integer") : types;
  const schema: { [key: string]: Json } = {};
  if (named.length === 1) schema.type = named[0] ?? "null";
  else if (named.length > 1) schema.type = named;
  const strings = samples.filter((sample) => typeof sample === "string");
  const format = strings.length > 0 ? formatOf(strings) : null;
  if (format !== null) schema.format = format;
  if (depth >= maxDepth) return schema;
  const objects = samples.filter((sample) => typeOf(sample) === "object") as { [key: string]: Json }[];
  if (objects.length > 0) Object.assign(schema, inferObject(objects, depth));
  const items = samples.flatMap((sample) => (Array.isArray(sample) ? sample : []));
  if (items.length > 0) schema.items = infer(items, depth + 1);
  return schema;
}

function inferObject(objects: { [key: string]: Json }[], depth: number): { [key: string]: Json } {
  const keys = new Set<string>();
  for (const object of objects) for (const key of Object.keys(object)) if (keys.size < maxBreadth) keys.add(key);
  const properties = [...keys].map((key) => {
    const values = objects.flatMap((object) => (Object.hasOwn(object, key) ? [object[key] ?? null] : []));
    return [key, infer(values, depth + 1)] as const;
  });
  const required = [...keys].filter((key) => objects.every((object) => Object.hasOwn(object, key)));
  // fromEntries defines own properties, so a field "__proto__" is described like any other.
  return { properties: Object.fromEntries(properties), ...(required.length > 0 && { required }) };
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

const formats: [string, RegExp][] = [
  [
    "date-time",
    /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/,
  ],
  ["date", /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/],
  ["uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i],
  ["email", /^[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}$/],
  ["uri", /^https?:\/\/[^\s"<>\\^`{|}]{1,2000}$/],
];

/** The format that all of them have. */
function formatOf(strings: string[]): string | null {
  return formats.find(([, pattern]) => strings.every((text) => pattern.test(text)))?.[0] ?? null;
}

/** What a sample keeps: enough to see its shape. */
export const sampleLimits = { items: 3, characters: 500, total: 20_000 };

/** A sample of a value, to be shown: arrays of at most 3 items, strings of 500 characters, 20,000 characters of JSON in all, or other limits. */
export function cutSample(value: Json, { items, characters: longest, total } = sampleLimits): Json {
  let characters = longest;
  // What lies deepest goes first, and texts get shorter with it.
  for (const depth of [24, 12, 8, 6, 4, 3, 2, 1]) {
    const sample = cut(value, { characters, items, properties: depth > 8 ? 300 : 50, depth });
    if (JSON.stringify(sample).length <= total) return sample;
    characters = Math.ceil(characters / 2);
  }
  return items > sampleLimits.items ? cutSample(value) : null;
}

type Limits = { characters: number; items: number; properties: number; depth: number };

function cut(value: Json, limits: Limits): Json {
  if (typeof value === "string") return value.length > limits.characters ? `${value.slice(0, limits.characters - 1)}…` : value;
  if (typeof value !== "object" || value === null) return value;
  if (limits.depth === 0) return Array.isArray(value) ? [] : {};
  const below = { ...limits, depth: limits.depth - 1 };
  if (Array.isArray(value)) return value.slice(0, limits.items).map((item) => cut(item, below));
  const entries = Object.entries(value).slice(0, limits.properties);
  return Object.fromEntries(entries.map(([key, inner]) => [key, cut(inner, below)]));
}
