import type { Json } from "../json.ts";
import { type Endpoint, effectOf } from "./endpoint.ts";
import { inferSchema } from "./infer-schema.ts";
import { singular, wordsOf } from "./suggest-links-words.ts";

/** An endpoint that gives a list of things. */
export type ListEndpoint = {
  endpoint: Endpoint;
  /** Its path, with `{}` for each parameter. */
  path: string;
  /** What it is a list of, in the singular, by the end of its path. */
  noun: string[];
  /** Where the list is in its answer, and the fields of an item with their JSON types. */
  items: string;
  fields: Map<string, string>;
};

/** The path with `{}` for each parameter, without the ending `.json` that some APIs have. */
export function shapeOf(path: string): string {
  return (path.split("?")[0] ?? "")
    .replace(/\.json$/, "")
    .replace(/\/+$/, "")
    .replace(/(?<![\w}]):[A-Za-z_]\w*|\{[^/}]*\}/g, "{}");
}

/** The endpoints of a connector that give a list, by what is known of their answers. */
export function listEndpoints(endpoints: readonly Endpoint[]): ListEndpoint[] {
  return endpoints.flatMap((endpoint) => {
    if (endpoint.method !== "GET" || effectOf(endpoint) !== "read") return [];
    const path = shapeOf(endpoint.path);
    const last = path.split("/").at(-1) ?? "";
    if (last === "" || last.includes("{}")) return [];
    const noun = singular(wordsOf(last));
    const { responseSchema, responseSample } = endpoint;
    const schema = responseSchema ?? (responseSample === undefined ? null : inferSchema([responseSample]));
    const list = listIn(schema, noun);
    return list ? [{ endpoint, path, noun, ...list }] : [];
  });
}

type Schema = { [key: string]: Json };
type List = Pick<ListEndpoint, "items" | "fields">;

/** The answer itself, or the list one or two levels deep in it that is called like what it lists, or that is the only one. */
function listIn(schema: Json, noun: readonly string[]): List | null {
  const root = asObject(schema);
  const whole = root && fieldsOfItems(root);
  if (whole) return { items: "", fields: whole };
  const found = listsBelow(root, "", 2);
  const named = found.find(({ items }) => singular(wordsOf(items.split(".").at(-1) ?? "")).join() === noun.join());
  return named ?? (found.length === 1 ? (found[0] ?? null) : null);
}

function listsBelow(schema: Schema | null, place: string, depth: number): List[] {
  const properties = asObject(schema?.properties ?? null);
  if (!properties || depth === 0) return [];
  return Object.entries(properties).flatMap(([name, value]) => {
    // A name that is no identifier would have to be quoted, and no list is called so.
    if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return [];
    const inner = asObject(value);
    const items = place === "" ? name : `${place}.${name}`;
    const fields = inner && fieldsOfItems(inner);
    return fields ? [{ items, fields }] : listsBelow(inner, items, depth - 1);
  });
}

/** Of a list of objects: their fields that are values, with their types. */
function fieldsOfItems(schema: Schema): Map<string, string> | null {
  if (typeName(schema) !== "array") return null;
  const properties = asObject(asObject(schema.items ?? null)?.properties ?? null);
  if (!properties) return null;
  const fields = Object.entries(properties).flatMap(([name, value]): [string, string][] => {
    const type = typeName(asObject(value) ?? {});
    const isValue = type === "string" || type === "integer" || type === "number";
    return isValue && /^[A-Za-z_$][\w$-]*$/.test(name) ? [[name, type]] : [];
  });
  return fields.length > 0 ? new Map(fields) : null;
}

function typeName({ type, items, anyOf, oneOf }: Schema): string | null {
  if (typeof type === "string") return type;
  if (Array.isArray(type)) return type.filter((each) => typeof each === "string").find((each) => each !== "null") ?? null;
  const choice = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : [];
  const first = choice.map(asObject).find((each) => each && each.type !== "null");
  return first ? typeName(first) : items === undefined ? null : "array";
}

function asObject(value: Json): Schema | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}
