import { compareSchemas, type SchemaDifference } from "../../../shared/connector/compare-schemas.ts";
import { cutSample, inferSchema } from "../../../shared/connector/infer-schema.ts";
import { type EnumSuggestion, suggestEnums, withEnum } from "../../../shared/connector/suggest-enums.ts";
import type { Json } from "../../../shared/json.ts";
import { asSchemaObject, type SchemaObject, typesOf } from "./response-schema.ts";

export type Pulled = {
  schema: Json;
  /** The first of the samples, cut. */
  sample: Json;
  /** What came and what was known, where they are not the same. */
  differences: SchemaDifference[];
  suggestions: EnumSuggestion[];
};
export type PullChoices = {
  /** Fields that were known and did not come stay, as ones that may be absent. */
  keep: boolean;
  /** Enumerations that were taken, by path. */
  taken: ReadonlySet<string>;
};

/** Response parameters of answers, the newest first, on what is known already: descriptions, and enumerations that still hold, stay. */
export function pullParameters(samples: readonly Json[], known: Json | undefined, { keep, taken }: PullChoices): Pulled {
  const seen = inferSchema([...samples]);
  const merged = known === undefined ? seen : withKnown(asSchemaObject(seen), asSchemaObject(known), samples, keep);
  const suggestions = suggestEnums(samples);
  return {
    schema: suggestions.filter(({ path }) => taken.has(path)).reduce<Json>(withEnum, merged),
    sample: cutSample(samples[0] ?? null),
    differences: known === undefined ? [] : compareSchemas(known, seen),
    suggestions,
  };
}

function withKnown(seen: SchemaObject, known: SchemaObject, values: readonly Json[], keep: boolean): SchemaObject {
  const came = typesOf(seen);
  const declared = typesOf(known);
  // A null, or a list without items, says nothing of what else may come.
  if (came.every((type) => type === "null") && declared.length > 0) return { ...known, type: nullable(declared) };
  const sameKind = declared.some((type) => type !== "null" && came.includes(type));
  const isContainer = came.includes("object") || came.includes("array");
  return {
    ...seen,
    ...(keep && sameKind && declared.includes("null") && { type: nullable(came) }),
    ...(typeof known.description === "string" && { description: known.description }),
    ...(stillHolds(known.enum, values) && { enum: known.enum }),
    ...(sameKind && isContainer && { ...properties(seen, known, values, keep), ...items(seen, known, values, keep) }),
  };
}

function properties(seen: SchemaObject, known: SchemaObject, values: readonly Json[], keep: boolean): SchemaObject {
  if (seen.properties === undefined && known.properties === undefined) return {};
  const old = asSchemaObject(known.properties);
  const came = Object.entries(asSchemaObject(seen.properties));
  const names = new Set(came.map(([name]) => name));
  const merged = came.map(([name, child]): [string, Json] => {
    if (!Object.hasOwn(old, name)) return [name, child];
    const own = values.flatMap((value) => fieldOf(value, name));
    return [name, withKnown(asSchemaObject(child), asSchemaObject(old[name]), own, keep)];
  });
  const absent = keep ? Object.entries(old).filter(([name]) => !names.has(name)) : [];
  const mayBeAbsent = (name: Json) =>
    keep &&
    typeof name === "string" &&
    Object.hasOwn(old, name) &&
    Array.isArray(known.required) &&
    !known.required.includes(name);
  const required = (Array.isArray(seen.required) ? seen.required : []).filter((name) => !mayBeAbsent(name));
  return { properties: Object.fromEntries([...merged, ...absent]), required };
}

function items(seen: SchemaObject, known: SchemaObject, values: readonly Json[], keep: boolean): SchemaObject {
  if (known.items === undefined) return {};
  if (seen.items === undefined) return keep ? { items: known.items } : {};
  const own = values.flatMap((value) => (Array.isArray(value) ? value : []));
  return { items: withKnown(asSchemaObject(seen.items), asSchemaObject(known.items), own, keep) };
}

function fieldOf(value: Json, name: string): Json[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? [value[name] ?? null]
    : [];
}

function stillHolds(known: Json | undefined, values: readonly Json[]): known is Json[] {
  return Array.isArray(known) && values.every((value) => value === null || known.includes(value));
}

function nullable(types: readonly string[]): string[] {
  return types.includes("null") ? [...types] : [...types, "null"];
}
