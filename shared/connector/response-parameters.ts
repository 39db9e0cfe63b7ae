import type { Json } from "../json.ts";

/**
 * One place in an answer: a field, or (`name` "[]") the items of a list. `path` is that from the answer's root; items of a list have
 * the index 0 there.
 */
export type ResponseParameter = {
  name: string;
  path: (string | number)[];
  /** JSON type in words; `any` when nothing is known. */
  type: string;
  /** It may be absent, or null. */
  optional: boolean;
  /** What was there in the sample. */
  sample: Json | undefined;
  children: ResponseParameter[];
};

/** Deeper and wider than what a person reads, and bounded whatever the schema says. */
const maxDepth = 12;
const maxChildren = 300;

/** The tree of response parameters that a JSON Schema (without `$ref`) and a sample tell of; either may be missing. */
export function responseParameters(schema: Json | undefined, sample?: Json): ResponseParameter {
  return parameterAt({ name: "", path: [], schema: asSchema(schema), sample, optional: false });
}

/** All places, the root left out, outer ones first. */
export function flattenParameters(root: ResponseParameter): ResponseParameter[] {
  return root.children.flatMap((child) => [child, ...flattenParameters(child)]);
}

type Place = {
  name: string;
  path: (string | number)[];
  schema: JsonSchema | null;
  sample: Json | undefined;
  optional: boolean;
};
type JsonSchema = { [key: string]: Json };

function parameterAt({ name, path, schema, sample, optional }: Place): ResponseParameter {
  const types = typesOf(schema);
  const type = types.find((each) => each !== "null") ?? (types.length > 0 ? "null" : typeOf(sample));
  const children = path.length >= maxDepth ? [] : childrenOf({ path, schema, sample, type });
  return { name, path, type, optional: optional || types.includes("null"), sample, children };
}

function childrenOf({ path, schema, sample, type }: Omit<Place, "name" | "optional"> & { type: string }): ResponseParameter[] {
  if (type === "array") {
    const items = asSchema(schema?.items);
    const first = Array.isArray(sample) ? sample[0] : undefined;
    if (!items && first === undefined) return [];
    return [parameterAt({ name: "[]", path: [...path, 0], schema: items, sample: first, optional: true })];
  }
  if (type !== "object") return [];
  const properties = asSchema(schema?.properties) ?? {};
  const required = Array.isArray(schema?.required) ? schema.required : [];
  const fields = typeof sample === "object" && sample !== null && !Array.isArray(sample) ? sample : {};
  const names = [...new Set([...Object.keys(properties), ...Object.keys(fields)])].slice(0, maxChildren);
  return names.map((name) =>
    parameterAt({
      name,
      path: [...path, name],
      schema: Object.hasOwn(properties, name) ? asSchema(properties[name]) : null,
      sample: Object.hasOwn(fields, name) ? fields[name] : undefined,
      optional: !required.includes(name),
    }),
  );
}

function asSchema(value: Json | undefined): JsonSchema | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}

function typesOf(schema: JsonSchema | null): string[] {
  if (!schema) return [];
  const { type } = schema;
  if (typeof type === "string") return schema.nullable === true ? [type, "null"] : [type];
  if (Array.isArray(type)) return type.filter((each) => typeof each === "string");
  if (asSchema(schema.properties)) return ["object"];
  return asSchema(schema.items) ? ["array"] : [];
}

function typeOf(value: Json | undefined): string {
  if (value === undefined) return "any";
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
