import { Parameter, type ParameterPlace, type ParameterType } from "../../../shared/connector/parameter.ts";
import type { Json } from "../../../shared/json.ts";
import { inlineSchema } from "./inline-schema.ts";
import { follow, isObject, type JsonObject, listOf, objectOf, textOf, wordsOf } from "./json-object.ts";
import { humanise } from "./names.ts";

/** Characters of JSON that one parameter's schema may have. */
export const schemaBudget = 8_000;

/** What the file says of a parameter's list of values (`x-ms-dynamic-list`, `x-ms-dynamic-values`). */
export type LinkWords = { key: string; place: ParameterPlace; words: JsonObject; generation: "list" | "values" };

type Given = {
  key: string;
  place: ParameterPlace;
  source: Json;
  required: boolean;
  budget: number;
  writing: Pick<Parameter, "style" | "explode" | "file">;
  /** Where its own words stand, beside those of its schema. */
  words: JsonObject;
  example: Json | undefined;
};
export type Made = { parameter: Parameter; link: LinkWords | null; notes: string[]; circular: boolean; cut: boolean };

/** A parameter as it is stored; or why it cannot be, in a sentence. */
export function makeParameter(root: JsonObject, given: Given): Made | string {
  const { key, place, words } = given;
  const what = `the ${place} ${place === "body" ? "field" : "parameter"} "${key.slice(0, 100)}"`;
  const { schema, circular, cut } = inlineSchema(root, given.source, given.budget);
  const type = given.writing.file && typeOf(schema) !== "array" ? "string" : typeOf(schema);
  const own = follow(root, given.source);
  const said = (name: string) => words[name] ?? own[name];
  const { default: preset, description: _, title, type: __, ...limits } = objectOf(schema);
  const notes: string[] = [];
  const hasDefault = preset !== undefined && preset !== null && JSON.stringify(preset).length <= 4_000;
  const visibility = said("x-ms-visibility");
  // Nobody could fill in what is required and has no value of its own.
  const hidden = visibility === "internal" && (hasDefault || !given.required);
  if (visibility === "internal" && !hidden) notes.push(`${what} is internal, and shown because it has no default`);
  const description = wordsOf(words.description ?? objectOf(schema).description, 2_000);
  const example = given.example ?? objectOf(schema).example;
  const parsed = Parameter.safeParse({
    key,
    name: textOf(said("x-ms-summary"), 120) ?? humanise(textOf(title, 60) ?? key),
    in: place,
    type,
    required: given.required,
    ...given.writing,
    ...(hidden && { hidden }),
    ...(visibility === "advanced" && { advanced: true }),
    ...(description !== undefined && { description }),
    ...(hasDefault && { default: preset }),
    ...(example !== undefined && JSON.stringify(example).length <= 2_000 && { example }),
    ...(Object.keys(limits).length > 0 && !given.writing.file && { schema }),
  });
  if (!parsed.success) return `${what} ${key.length > 120 ? "has a name of more than 120 characters" : "is out of limits"}`;
  return { parameter: parsed.data, link: linkWords(key, place, said), notes, circular, cut };
}

/** The newer words win: they name a parameter by its place. */
function linkWords(key: string, place: ParameterPlace, said: (name: string) => Json | undefined): LinkWords | null {
  const list = said("x-ms-dynamic-list");
  if (isObject(list)) return { key, place, words: list, generation: "list" };
  const values = said("x-ms-dynamic-values");
  return isObject(values) ? { key, place, words: values, generation: "values" } : null;
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

export function exampleOf(root: JsonObject, { example, examples }: JsonObject): Json | undefined {
  if (example !== undefined) return example;
  const [first] = Array.isArray(examples) ? [] : Object.values(objectOf(examples));
  return first === undefined ? undefined : follow(root, first).value;
}
