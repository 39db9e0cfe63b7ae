import type { Json } from "../json.ts";
import type { Path } from "./expression.ts";

/**
 * Where a schema comes from. `declared`: its author says what there is; `pulled`, `sample`, `inferred`: it was read off values that once
 * came, so there may be more; `unknown`: it says nothing.
 */
export type Origin = "declared" | "pulled" | "sample" | "inferred" | "unknown";
export type JsonSchema = { [key: string]: Json };

/** Annotation by which a part of a schema carries an origin of its own. Consumers of JSON Schema pass over names that they do not know. */
export const originKey = "x-origin";

/** A value that there may be: what its schema is, where that comes from, and whether it may be missing. */
export type Place = { schema: JsonSchema; origin: Origin; optional: boolean };
/**
 * What a path finds. `open`: nothing is known of it. `absent`: the value before `path[at]` is known and has nothing of that name; `names` are
 * what it has, none for a list or a scalar, whose types are in `types`.
 */
export type Found =
  | { outcome: "found"; places: Place[] }
  | { outcome: "open" }
  | { outcome: "absent"; at: number; origin: Origin; names: string[]; types: string[] };

export type Reading = {
  /** JSONata goes through lists by itself: `items.price` are the prices of all items. */
  throughLists: boolean;
};

/** What is looked at of one place: alternatives, how deep `allOf` and its like nest, and parts in all. A schema may say whatever it likes. */
const mostPlaces = 24;
const deepest = 8;
const mostParts = 1_000;
/** Parts that may still be looked at. */
type Budget = { parts: number };
/** As many properties as `inferSchema` describes: there may be more. */
const mostInferred = 300;

/** A schema as one that can be looked into; what is none says nothing. */
export function asSchema(value: Json | undefined): JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

/** Follows a path through a schema without `$ref`. Lists are gone into by an index, and own names alone count, as `readPath` has it. */
export function schemaAt(start: Place, path: Path, reading: Reading = { throughLists: false }): Found {
  let places = [placeOf(start.schema, start)];
  for (const [at, key] of path.entries()) {
    const next: Place[] = [];
    const names = new Set<string>();
    let open = false;
    let absent = 0;
    let origin: Origin = "declared";
    const walk = { ...reading, parts: mostParts };
    for (const place of places) {
      const step = stepInto(place, key, walk, deepest);
      next.push(...step.places);
      open ||= step.open;
      for (const name of step.names) names.add(name);
      if (step.places.length > 0 || step.open) continue;
      absent += 1;
      if (place.origin !== "declared") origin = place.origin;
    }
    if (next.length === 0) {
      if (open) return { outcome: "open" };
      return { outcome: "absent", at, origin, names: [...names], types: typesIn(places) ?? [] };
    }
    if (open) next.push({ schema: {}, origin: "unknown", optional: true });
    places = next.slice(0, mostPlaces).map((place) => (absent > 0 ? { ...place, optional: true } : place));
  }
  return { outcome: "found", places };
}

/** The JSON types that a value may have; null when nothing is said of them. */
export function typesIn(places: readonly Place[]): string[] | null {
  const types = new Set<string>();
  const budget = { parts: mostParts };
  for (const { schema } of places) {
    const own = typesOf(schema, deepest, budget);
    if (own === null) return null;
    for (const type of own) types.add(type);
  }
  return types.size > 0 ? [...types] : null;
}

/** One schema for what a path found, its origins kept. */
export function joined(places: readonly Place[]): JsonSchema {
  const schemas = places.map(({ schema, origin }) => withOrigin(schema, origin));
  const [first] = schemas;
  return schemas.length === 1 && first ? first : { anyOf: schemas };
}

/** The schema as a part of another, with its own origin. */
export function withOrigin(schema: JsonSchema, origin: Origin): JsonSchema {
  return Object.hasOwn(schema, originKey) ? schema : { ...schema, [originKey]: origin };
}

type Walk = Reading & Budget;
type Step = { places: Place[]; open: boolean; names: string[] };
const nothing: Step = { places: [], open: false, names: [] };
const anything: Step = { places: [], open: true, names: [] };

function placeOf(schema: JsonSchema, from: Place, optional = from.optional): Place {
  const own = schema[originKey];
  return { schema, origin: isOrigin(own) ? own : from.origin, optional };
}

function isOrigin(value: Json | undefined): value is Origin {
  return value === "declared" || value === "pulled" || value === "sample" || value === "inferred" || value === "unknown";
}

/** What a schema, and those that it is put together of, say of a name; null when it says nothing at all. */
function stepInto(place: Place, key: string | number, walk: Walk, depth: number): Step {
  return said(place, key, walk, depth) ?? anything;
}

function said(place: Place, key: string | number, walk: Walk, depth: number): Step | null {
  walk.parts -= 1;
  if (depth === 0 || walk.parts < 0 || place.schema.$ref !== undefined) return anything;
  const parts: Step[] = [];
  const own = ownStep(place, key, walk, depth);
  if (own) parts.push(own);
  for (const all of listOf(place.schema.allOf)) {
    const part = said(placeOf(all, place), key, walk, depth - 1);
    if (part) parts.push(part);
  }
  for (const word of ["anyOf", "oneOf"]) {
    const alternatives = listOf(place.schema[word]);
    if (alternatives.length === 0) continue;
    parts.push(either(alternatives.map((each) => stepInto(placeOf(each, place), key, walk, depth - 1))));
  }
  if (parts.length === 0) return null;
  // What one of them describes is there, whatever the others leave open.
  const places = parts.flatMap((part) => part.places).slice(0, mostPlaces);
  return { places, open: places.length === 0 && parts.some(({ open }) => open), names: parts.flatMap(({ names }) => names) };
}

function either(steps: Step[]): Step {
  const some = steps.some(({ places }) => places.length === 0);
  const places = steps.flatMap((step) => step.places).slice(0, mostPlaces);
  return {
    places: some ? places.map((place) => ({ ...place, optional: true })) : places,
    open: steps.some(({ open }) => open),
    names: steps.flatMap(({ names }) => names),
  };
}

/** Of the schema's own keywords; null when they say nothing of the value's type. */
function ownStep(place: Place, key: string | number, walk: Walk, depth: number): Step | null {
  const types = ownTypes(place.schema);
  if (types === null) return null;
  const holding = types.filter((type) => type !== "null");
  // Of a value that once was null nothing is known.
  if (holding.length === 0) return place.origin === "declared" ? nothing : anything;
  const steps = holding.map((type) => {
    if (type === "object") return intoObject(place, String(key));
    return type === "array" ? intoList(place, key, walk, depth) : nothing;
  });
  const step = either(steps);
  return holding.length < types.length ? { ...step, places: step.places.map((each) => ({ ...each, optional: true })) } : step;
}

function intoObject(place: Place, key: string): Step {
  const { properties, required, additionalProperties, patternProperties } = place.schema;
  const known = asSchema(properties);
  if (Object.hasOwn(known, key)) {
    const isRequired = Array.isArray(required) && required.includes(key);
    const found = known[key];
    return { ...nothing, places: [placeOf(asSchema(found === true ? {} : found), place, place.optional || !isRequired)] };
  }
  const names = Object.keys(known);
  if (additionalProperties === false && patternProperties === undefined) return { ...nothing, names };
  if (typeof additionalProperties === "object" && additionalProperties !== null && !Array.isArray(additionalProperties))
    return { ...nothing, places: [placeOf(additionalProperties, place, true)] };
  const isOpen = additionalProperties === true || patternProperties !== undefined || names.length === 0;
  if (isOpen || (place.origin !== "declared" && names.length >= mostInferred)) return anything;
  return { ...nothing, names };
}

function intoList(place: Place, key: string | number, walk: Walk, depth: number): Step {
  const { items, prefixItems } = place.schema;
  const index = typeof key === "number" ? key : /^(0|[1-9]\d{0,8})$/.test(key) ? Number(key) : null;
  if (index !== null) {
    const prefix = Array.isArray(prefixItems) ? prefixItems[index] : undefined;
    if (prefix !== undefined) return { ...nothing, places: [placeOf(asSchema(prefix), place, true)] };
    if (items === false) return nothing;
    return items === undefined || items === true ? anything : { ...nothing, places: [placeOf(asSchema(items), place, true)] };
  }
  if (walk.throughLists)
    return items === undefined ? anything : stepInto(placeOf(asSchema(items), place, true), key, walk, depth - 1);
  return key === "length" ? { ...nothing, places: [{ ...place, schema: { type: "integer" } }] } : nothing;
}

function listOf(value: Json | undefined): JsonSchema[] {
  return Array.isArray(value) ? value.slice(0, mostPlaces).map(asSchema) : [];
}

/** The types that the schema's own keywords name. */
function ownTypes(schema: JsonSchema): string[] | null {
  const { type, nullable } = schema;
  if (typeof type === "string") return nullable === true ? [type, "null"] : [type];
  if (Array.isArray(type)) return type.filter((each) => typeof each === "string");
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return [...new Set(schema.enum.map(typeOfValue))];
  if (schema.const !== undefined) return [typeOfValue(schema.const)];
  if (schema.properties !== undefined) return ["object"];
  return schema.items !== undefined || schema.prefixItems !== undefined ? ["array"] : null;
}

function typesOf(schema: JsonSchema, depth: number, budget: Budget): string[] | null {
  budget.parts -= 1;
  if (depth === 0 || budget.parts < 0) return null;
  const own = ownTypes(schema);
  if (own !== null) return own;
  for (const all of listOf(schema.allOf)) {
    const types = typesOf(all, depth - 1, budget);
    if (types !== null) return types;
  }
  const alternatives = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  if (alternatives.length === 0) return null;
  const types = alternatives.map((each) => typesOf(each, depth - 1, budget));
  return types.some((each) => each === null) ? null : [...new Set(types.flatMap((each) => each ?? []))];
}

function typeOfValue(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}
