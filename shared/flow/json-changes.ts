import { z } from "zod";
import type { Json } from "../json.ts";

/** One place where two values differ. A side that has nothing there is left out; values are JSON, cut at `longestText` characters. */
export const JsonChange = z.object({ path: z.string(), before: z.string().optional(), after: z.string().optional() });
export type JsonChange = z.infer<typeof JsonChange>;

/** The first places where two values differ, and how many more there are. */
export const JsonChanges = z.object({ places: z.array(JsonChange), more: z.int() });
export type JsonChanges = z.infer<typeof JsonChanges>;

const longestText = 300;
const mostPlaces = 20;

/** Where two values differ, innermost places first named by their path (`""`: the whole value). The order of fields says nothing. */
export function changesOf(before: Json, after: Json): JsonChanges {
  const found: JsonChanges = { places: [], more: 0 };
  compare("", before, after, found);
  return found;
}

/** The order of fields says nothing. */
export function sameJson(one: Json, other: Json): boolean {
  const { places } = changesOf(one, other);
  return places.length === 0;
}

function compare(path: string, before: Json | undefined, after: Json | undefined, found: JsonChanges): void {
  if (before === after) return;
  if (isNested(before) && isNested(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const key of keysOf(before, after)) {
      // Of the rest it is only counted how many there are, and paths of a large value cost most.
      const at = found.places.length < mostPlaces ? inner(path, key, before) : "";
      compare(at, fieldOf(before, key), fieldOf(after, key), found);
    }
    return;
  }
  if (found.places.length === mostPlaces) {
    found.more += 1;
    return;
  }
  found.places.push({
    path,
    ...(before !== undefined && { before: textOf(before) }),
    ...(after !== undefined && { after: textOf(after) }),
  });
}

type Nested = Json[] | { [key: string]: Json };

function isNested(value: Json | undefined): value is Nested {
  return typeof value === "object" && value !== null;
}

function keysOf(before: Nested, after: Nested): Iterable<string> {
  return new Set([...Object.keys(before), ...Object.keys(after)]);
}

function fieldOf(value: Nested, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? (value as Record<string, Json>)[key] : undefined;
}

function inner(path: string, key: string, within: Nested): string {
  if (Array.isArray(within)) return `${path}[${key}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function textOf(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}
