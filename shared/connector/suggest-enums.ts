import type { Json } from "../json.ts";

/** A field of which a few values came again and again: it may be an enumeration. `path`: as in `data[].state`. */
export type EnumSuggestion = { path: string; values: string[] };

const least = { times: 6, perValue: 2 };
const most = { values: 8, characters: 40, depth: 12 };

/**
 * Fields of the samples that look like enumerations: in one of them at least six values, each twice on average, and in all of them no
 * more than eight different ones. (The same items come in several answers, which is no repetition.)
 */
export function suggestEnums(samples: readonly Json[]): EnumSuggestion[] {
  const all = valuesByPath(samples);
  const repeated = new Set(samples.flatMap((sample) => [...valuesByPath([sample])].filter(isRepeated).map(([path]) => path)));
  return [...all].flatMap(([path, values]) => {
    const different = [...new Set(values)];
    const few = different.length > 1 && different.length <= most.values;
    return values && few && repeated.has(path) ? [{ path, values: different.toSorted() }] : [];
  });
}

function isRepeated([, values]: [string, string[] | null]): boolean {
  return values !== null && values.length >= least.times && values.length / new Set(values).size >= least.perValue;
}

function valuesByPath(samples: readonly Json[]): Map<string, string[] | null> {
  const seen = new Map<string, string[] | null>();
  for (const sample of samples) collect(sample, "", seen, 0);
  return seen;
}

/** Null: something came at this path that no enumeration has. */
function collect(value: Json, path: string, seen: Map<string, string[] | null>, depth: number): void {
  if (depth > most.depth || value === null) return;
  if (Array.isArray(value)) for (const item of value) collect(item, `${path}[]`, seen, depth + 1);
  else if (typeof value === "object")
    for (const [name, inner] of Object.entries(value)) collect(inner, path === "" ? name : `${path}.${name}`, seen, depth + 1);
  else {
    const known = seen.get(path);
    if (known === null) return;
    const isWord = typeof value === "string" && value.length <= most.characters && /^[A-Za-z][\w .:/-]*$/.test(value);
    seen.set(path, isWord ? [...(known ?? []), value] : null);
  }
}

/** A schema with these values as the enumeration of the field at `path`; as it was where there is no such field. */
export function withEnum(schema: Json, { path, values }: EnumSuggestion): Json {
  const names = path.split(/\.|(?=\[\])/).filter((name) => name !== "");
  return placed(schema, names, values);
}

function placed(schema: Json, [name, ...rest]: string[], values: string[]): Json {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return schema;
  if (name === undefined) return { ...schema, enum: values };
  if (name === "[]") return schema.items === undefined ? schema : { ...schema, items: placed(schema.items, rest, values) };
  const { properties } = schema;
  if (typeof properties !== "object" || properties === null || Array.isArray(properties) || !Object.hasOwn(properties, name))
    return schema;
  return { ...schema, properties: { ...properties, [name]: placed(properties[name] ?? null, rest, values) } };
}
