import type { Json } from "../../../shared/json.ts";
import { pathText } from "../../ui/json-rows.ts";

/** From the whole answer down: names of fields, and 0 for the items of a list. */
export type FieldPath = (string | number)[];

/** A place as people read it: `data[].id`, and "response" for the whole. */
export function placeText(path: FieldPath): string {
  const text = path.reduce<string>((before, key) => (typeof key === "number" ? `${before}[]` : pathText(before, [key])), "");
  return text === "" ? "response" : text;
}

/** What a person says of one field of an answer. */
export type FieldFacts = {
  /** JSON type; `any` when nothing is known. */
  type: string;
  nullable: boolean;
  /** It may be absent; nothing to say of the whole answer and of items. */
  optional: boolean;
  format: string;
  /** Allowed texts; none: any. */
  values: string[];
  description: string;
};

export type SchemaObject = { [key: string]: Json };

export function asSchemaObject(value: Json | undefined): SchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

/** The types a schema names, null among them; one with properties or items alone is what has those. */
export function typesOf(schema: SchemaObject): string[] {
  const { type, properties, items, nullable } = schema;
  const named = (Array.isArray(type) ? type : [type]).filter((each) => typeof each === "string");
  const known = named.length > 0 ? named : properties !== undefined ? ["object"] : items !== undefined ? ["array"] : [];
  return nullable === true && !known.includes("null") ? [...known, "null"] : known;
}

/** The fields or the items below a schema, in their order. */
export function childrenOf(schema: SchemaObject): { key: string | number; schema: SchemaObject; optional: boolean }[] {
  const types = typesOf(schema);
  if (types.includes("array") && schema.items !== undefined)
    return [{ key: 0, schema: asSchemaObject(schema.items), optional: false }];
  if (!types.includes("object")) return [];
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return Object.entries(asSchemaObject(schema.properties)).map(([key, child]) => ({
    key,
    schema: asSchemaObject(child),
    optional: !required.has(key),
  }));
}

export function factsOf(schema: SchemaObject, optional: boolean): FieldFacts {
  const types = typesOf(schema);
  return {
    type: types.find((type) => type !== "null") ?? types[0] ?? "any",
    nullable: types.length > 1 && types.includes("null"),
    optional,
    format: typeof schema.format === "string" ? schema.format : "",
    values: Array.isArray(schema.enum) ? schema.enum.filter((value) => typeof value === "string") : [],
    description: typeof schema.description === "string" ? schema.description : "",
  };
}

/** A schema as the facts say; what it holds stays as far as the type has it. */
export function withFacts(schema: SchemaObject, facts: FieldFacts): SchemaObject {
  const { type: _, nullable: __, format: ___, enum: before, description: ____, properties, required, items, ...rest } = schema;
  const { type, nullable, format, values, description } = facts;
  const isAny = type === "any";
  // Numbers that are allowed are not among what is edited here.
  const allowed = type === "string" ? values : Array.isArray(before) && type === factsOf(schema, false).type ? before : [];
  return {
    ...(!isAny && { type: nullable && type !== "null" ? [type, "null"] : type }),
    ...rest,
    ...(type === "string" && format !== "" && { format }),
    ...(allowed.length > 0 && { enum: nullable && !allowed.includes(null) ? [...allowed, null] : allowed }),
    ...(description !== "" && { description }),
    ...((type === "object" || isAny) && {
      ...(properties !== undefined && { properties }),
      ...(required !== undefined && { required }),
    }),
    ...((type === "array" || isAny) && items !== undefined && { items }),
  };
}

/** A schema in which the field at `path` is as the facts say. */
export function withField(schema: Json | undefined, path: FieldPath, facts: FieldFacts): SchemaObject {
  return changed(asSchemaObject(schema), path, (own) => withFacts(own, facts), facts.optional);
}

/** A schema with one more field in the object at `path`; as it was where there is such a field. */
export function withNewField(schema: Json | undefined, path: FieldPath, name: string, facts: FieldFacts): SchemaObject {
  return changed(asSchemaObject(schema), path, (own) => {
    const properties = asSchemaObject(own.properties);
    if (Object.hasOwn(properties, name)) return own;
    // fromEntries defines own properties, so a field "__proto__" is a field like any other.
    const next = Object.fromEntries([...Object.entries(properties), [name, withFacts({}, facts)]]);
    return required({ ...own, type: own.type ?? "object", properties: next }, name, !facts.optional);
  });
}

/** A schema without the field at `path`. */
export function withoutField(schema: Json | undefined, path: FieldPath): SchemaObject {
  const name = path.at(-1);
  return changed(asSchemaObject(schema), path.slice(0, -1), (own) => {
    if (typeof name === "number" || name === undefined) {
      const { items: _, ...rest } = own;
      return rest;
    }
    const left = Object.entries(asSchemaObject(own.properties)).filter(([key]) => key !== name);
    return required({ ...own, properties: Object.fromEntries(left) }, name, false);
  });
}

/** Changes the schema at a path; `optional` says whether the last field of the path may be absent, left out it stays as it is. */
function changed(
  schema: SchemaObject,
  [key, ...rest]: FieldPath,
  change: (schema: SchemaObject) => SchemaObject,
  optional?: boolean,
): SchemaObject {
  if (key === undefined) return change(schema);
  if (typeof key === "number") return { ...schema, items: changed(asSchemaObject(schema.items), rest, change, optional) };
  const entries = Object.entries(asSchemaObject(schema.properties)).map(([name, child]): [string, Json] => [
    name,
    name === key ? changed(asSchemaObject(child), rest, change, optional) : child,
  ]);
  const next = { ...schema, properties: Object.fromEntries(entries) };
  return rest.length === 0 && optional !== undefined ? required(next, key, !optional) : next;
}

function required({ required: before, ...schema }: SchemaObject, name: string, is: boolean): SchemaObject {
  const others = Array.isArray(before) ? before.filter((each) => each !== name) : [];
  const next = is ? [...others, name] : others;
  return next.length > 0 ? { ...schema, required: next } : schema;
}
