import type { Json } from "../../../shared/json.ts";
import { isObject, type JsonObject, listOf, objectOf, pointedAt, wordsOf } from "./json-object.ts";

/** `circular`, `cut`: somewhere a schema that contains itself, or is too large, was left open. */
export type Inlined = { schema: Json; circular: boolean; cut: boolean };

/** The references that lead to a place: one that comes again is a circle. */
type Trail = ReadonlySet<string>;
const nowhere: Trail = new Set();
type State = { root: JsonObject; left: number; circular: boolean; cut: boolean };
type Place = { source: Json; trail: Trail; put(value: Json): void };

/**
 * A schema without references, about `budget` characters of JSON at the most: level by level, so that what does not fit is what
 * lies deepest. OpenAPI 3.0's own words become JSON Schema's (`nullable`, boolean `exclusiveMinimum`); `allOf` is merged.
 */
export function inlineSchema(root: JsonObject, source: Json, budget: number): Inlined {
  const state: State = { root, left: budget, circular: false, cut: false };
  const result: { schema: Json } = { schema: {} };
  const put = (value: Json) => {
    result.schema = value;
  };
  const queue: Place[] = [{ source, trail: nowhere, put }];
  for (const place of queue) expand(state, place, queue);
  return { schema: result.schema, circular: state.circular, cut: state.cut };
}

/** One level of a schema, its references and `allOf` merged in; its properties still hold theirs. */
export function flattenSchema(root: JsonObject, source: Json | undefined): JsonObject {
  const state: State = { root, left: 1_000_000, circular: false, cut: false };
  return flatten(state, source ?? {}, nowhere)?.schema ?? {};
}

const kept =
  "type format enum const default title minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern minItems maxItems uniqueItems minProperties maxProperties required readOnly writeOnly deprecated".split(
    " ",
  );
const maps = ["properties", "patternProperties"];
const lists = ["anyOf", "oneOf", "prefixItems"];
const singles = ["items", "additionalProperties", "not"];

function expand(state: State, { source, trail, put }: Place, queue: Place[]): void {
  const flat = typeof source === "boolean" ? null : flatten(state, source, trail);
  if (!flat) {
    put(typeof source === "boolean" ? source : {});
    return;
  }
  const { schema } = flat;
  const own = ownWords(schema);
  state.left -= JSON.stringify(own).length;
  if (state.left <= 0) {
    state.cut = true;
    put(own.type === undefined ? {} : { type: own.type });
    return;
  }
  put(own);
  const child = (value: Json | undefined, place: (value: Json) => void) => {
    if (!isObject(value) && typeof value !== "boolean") return;
    // What it takes to be named, even when no more of it fits.
    state.left -= 24;
    queue.push({ source: value, trail: flat.trail, put: place });
  };
  for (const word of maps) {
    if (!isObject(schema[word])) continue;
    const map: JsonObject = {};
    own[word] = map;
    for (const [key, value] of Object.entries(schema[word])) child(value, (inlined) => define(map, key, inlined));
  }
  for (const word of lists) {
    if (!Array.isArray(schema[word])) continue;
    const list: Json[] = [];
    own[word] = list;
    for (const value of schema[word]) child(value, (inlined) => list.push(inlined));
  }
  for (const word of singles) child(schema[word], (inlined) => define(own, word, inlined));
}

/** A property `__proto__` is data like any other. */
function define(object: JsonObject, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function ownWords(schema: JsonObject): JsonObject {
  const own: JsonObject = {};
  for (const word of kept) {
    const value = schema[word];
    if (value !== undefined) own[word] = value;
  }
  const description = wordsOf(schema.description, 300);
  if (description !== undefined) own.description = description;
  if (schema.nullable === true && typeof own.type === "string") own.type = [own.type, "null"];
  if (schema.nullable === true && Array.isArray(own.enum) && !own.enum.includes(null)) own.enum = [...own.enum, null];
  for (const [limit, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    if (typeof own[exclusive] !== "boolean") continue;
    const value = own[limit];
    if (own[exclusive] && value !== undefined) {
      own[exclusive] = value;
      delete own[limit];
    } else delete own[exclusive];
  }
  return own;
}

/** Null when the schema contains itself here. */
function flatten(state: State, source: Json, before: Trail): { schema: JsonObject; trail: Trail } | null {
  // A tower of references and `allOf` can double with each floor; it counts, so that it ends.
  state.left -= 8;
  let trail = before;
  let schema = objectOf(source);
  while (typeof schema.$ref === "string") {
    const { $ref, ...beside } = schema;
    if (trail.has($ref)) {
      state.circular = true;
      return null;
    }
    trail = new Set(trail).add($ref);
    schema = { ...objectOf(pointedAt(state.root, $ref)), ...beside };
  }
  const { allOf, ...own } = schema;
  let merged: JsonObject = own;
  const passed = new Set(trail);
  for (const part of listOf(allOf)) {
    if (state.left <= 0) {
      state.cut = true;
      break;
    }
    const flat = flatten(state, part, trail);
    if (!flat) continue;
    merged = merge(merged, flat.schema);
    // Each floor copies the fields of all that are above it.
    state.left -= Object.keys(objectOf(flat.schema.properties)).length + listOf(flat.schema.required).length;
    for (const ref of flat.trail) passed.add(ref);
  }
  return { schema: merged, trail: passed };
}

function merge(a: JsonObject, b: JsonObject): JsonObject {
  const merged: JsonObject = { ...b, ...a };
  if (a.properties !== undefined || b.properties !== undefined)
    merged.properties = { ...objectOf(a.properties), ...objectOf(b.properties) };
  const required = [...new Set([...listOf(a.required), ...listOf(b.required)])];
  if (required.length > 0) merged.required = required;
  return merged;
}
