import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import { Parameter, type ParameterType } from "../../../shared/connector/parameter.ts";
import type { Json } from "../../../shared/json.ts";
import { inlineSchema } from "./inline-schema.ts";
import { follow, isObject, type JsonObject, listOf, objectOf, textOf } from "./json-object.ts";
import { humanise } from "./names.ts";

/** What one part of an operation gives. `blocked`: without this the operation cannot be called. */
export type Imported = { parameters: Parameter[]; notes: string[]; blocked: string | null };

/** Characters of JSON that one parameter's schema may have. */
const schemaBudget = 8_000;

/** The path, query and header parameters of an operation, its path's among them; what cannot be sent is left out, with the reason. */
export function importParameters(
  root: JsonObject,
  { path, item, operation, auth }: { path: string; item: JsonObject; operation: JsonObject; auth: AuthScheme },
): Imported & { idempotencyHeader: string | null } {
  const declared = new Map<string, JsonObject>();
  for (const value of [...listOf(item.parameters), ...listOf(operation.parameters)]) {
    const parameter = follow(root, value);
    declared.set(`${String(parameter.in)} ${String(parameter.name)}`, parameter);
  }
  const inPath = new Set([...path.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name ?? ""));
  const found: Imported & { idempotencyHeader: string | null } = {
    parameters: [],
    notes: [],
    blocked: null,
    idempotencyHeader: null,
  };
  for (const parameter of declared.values()) {
    const name = String(parameter.name);
    const place = String(parameter.in);
    if (place === "header" && /^(accept|authorization|content-type)$/i.test(name)) continue;
    if (isCredential(auth, place, name)) continue;
    if (place === "header" && /^(x-)?idempotency-key$/i.test(name)) {
      found.idempotencyHeader = name;
      continue;
    }
    const misplaced = place !== "path" && inPath.has(name) && !declared.has(`path ${name}`);
    const imported = importOne(root, misplaced ? { ...parameter, in: "path" } : parameter);
    if (misplaced) found.notes.push(`"${name}" is declared in the ${place}, and the path names it: it was put into the path`);
    if (typeof imported === "string") {
      if (parameter.required === true) found.blocked ??= imported;
      else found.notes.push(`${imported}: left out`);
    } else found.parameters.push(imported);
  }
  return found;
}

/** What the connection brings along is asked for there, once. */
function isCredential(auth: AuthScheme, place: string, name: string): boolean {
  return auth.kind === "api-key" && auth.addTo === place && auth.key.toLowerCase() === name.toLowerCase();
}

/** Or why it cannot be sent. */
function importOne(root: JsonObject, parameter: JsonObject): Parameter | string {
  const key = String(parameter.name);
  const place = String(parameter.in);
  const what = `the ${place} parameter "${key.slice(0, 100)}"`;
  if (place !== "path" && place !== "query" && place !== "header") return `${what} cannot be sent yet`;
  if (parameter.schema === undefined) return `${what} is written in a form of its own (content), which is not supported`;
  const { schema, type } = describe(root, parameter.schema);
  const style = textOf(parameter.style) ?? (place === "query" ? "form" : "simple");
  if (place === "query" ? style !== "form" && type !== "array" : style !== "simple")
    return `${what} has the style ${style}, which is not supported`;
  if (type === "object") return `${what} is an object, which is not supported there`;
  // Only a query can repeat a name; elsewhere, and without `explode`, an array is one text.
  const joined = type === "array" && (place !== "query" || style !== "form" || parameter.explode === false);
  const separator = style === "pipeDelimited" ? "|" : style === "spaceDelimited" ? "spaces" : "commas";
  const description = textOf(parameter.description ?? objectOf(schema).description, 1_900);
  return (
    made({
      key,
      in: place,
      type: joined ? "string" : type,
      required: place === "path" || parameter.required === true,
      description: joined
        ? [description, `Several values are separated by ${separator}.`].filter(Boolean).join(" ")
        : description,
      example: exampleOf(root, parameter) ?? objectOf(schema).example,
      schema: joined ? {} : schema,
    }) ?? `${what} has a name of more than 120 characters`
  );
}

type Made = Pick<Parameter, "key" | "in" | "type" | "required"> & {
  description: string | undefined;
  example: Json | undefined;
  schema: Json;
};

/** A parameter as it is stored; null when its key is too long. */
function made({ schema, description, example, ...parameter }: Made): Parameter | null {
  const { default: preset, description: _, title, type: __, ...limits } = objectOf(schema);
  const parsed = Parameter.safeParse({
    ...parameter,
    name: humanise(textOf(title, 60) ?? parameter.key),
    ...(description !== undefined && { description }),
    ...(preset !== undefined && preset !== null && { default: preset }),
    ...(example !== undefined && JSON.stringify(example).length <= 2_000 && { example }),
    ...(Object.keys(limits).length > 0 && { schema }),
  });
  return parsed.success ? parsed.data : null;
}

/** A top-level field of a JSON body. */
export function bodyParameter(
  root: JsonObject,
  { key, source, required, budget }: { key: string; source: Json; required: boolean; budget: number },
): { parameter: Parameter | null; circular: boolean; cut: boolean } {
  const { schema, type, circular, cut } = describe(root, source, budget);
  const description = textOf(objectOf(schema).description, 2_000);
  const own = follow(root, source);
  const parameter = made({
    key,
    in: "body",
    type,
    required,
    description,
    example: own.example ?? listOf(own.examples)[0],
    schema,
  });
  return { parameter, circular, cut };
}

function describe(root: JsonObject, source: Json, budget = schemaBudget) {
  const inlined = inlineSchema(root, source, budget);
  return { ...inlined, type: typeOf(inlined.schema) };
}

const types = new Set(["string", "number", "integer", "boolean", "array", "object"]);

/** The one type that a field is asked for in: the first that its schema allows. */
export function typeOf(schema: Json): ParameterType {
  const { type, properties, items, enum: values, anyOf, oneOf } = objectOf(schema);
  const named = [...(Array.isArray(type) ? type : [type])].find((name) => typeof name === "string" && types.has(name));
  if (named !== undefined) return named as ParameterType;
  if (properties !== undefined) return "object";
  if (items !== undefined) return "array";
  const [value] = listOf(values);
  if (typeof value === "number" || typeof value === "boolean") return typeof value === "number" ? "number" : "boolean";
  const [variant] = [...listOf(anyOf), ...listOf(oneOf)].filter((candidate) => isObject(candidate) && candidate.type !== "null");
  return variant === undefined ? "string" : typeOf(variant);
}

function exampleOf(root: JsonObject, { example, examples }: JsonObject): Json | undefined {
  if (example !== undefined) return example;
  const [first] = Object.values(objectOf(examples));
  return first === undefined ? undefined : follow(root, first).value;
}
