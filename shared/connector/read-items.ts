import { parsePath, readPath } from "../flow/expression.ts";
import type { Json } from "../json.ts";
import type { PollSource } from "./trigger.ts";

/** An item of a polled list and what names it; `newest`: its place in time where the cursor says so. */
export type PolledItem = { key: string; item: Json };
/** Items oldest first. `unnamed`: how many were left out since nothing names them. `cursor`: undefined where none was found. */
export type PolledItems = { items: PolledItem[]; unnamed: number; cursor: Json | undefined };

/** Reads the answers of one look, in the order in which they came; null when there is no list where the source says. */
export function readItems(source: PollSource, answers: readonly Json[], before: Json | undefined): PolledItems | null {
  const lists = answers.map((answer) => (source.itemsPath === "" ? answer : valueAt(answer, source.itemsPath)));
  if (!lists.every((list) => Array.isArray(list))) return null;
  const listed = inOrder(source, lists.flat());
  const items = new Map<string, PolledItem>();
  let unnamed = 0;
  for (const item of listed) {
    const name = valueAt(item, source.dedupePath);
    if (name === undefined || name === null || name === "") unnamed += 1;
    else {
      const key = keyOf(name, item);
      items.set(key, { key, item });
    }
  }
  return { items: [...items.values()], unnamed, cursor: cursorOf(source, { answers, listed, before }) };
}

/** A whole number beyond 2^53 was rounded as it was read, so it may be that of another item as well: the whole item names it then. */
function keyOf(name: Json, item: Json): string {
  if (typeof name === "string") return name;
  const isRounded = typeof name === "number" && Number.isInteger(name) && !Number.isSafeInteger(name);
  return JSON.stringify(isRounded ? item : name);
}

/** Lists of news begin with the newest, unless the cursor says what comes after what. */
function inOrder({ cursor }: PollSource, items: Json[]): Json[] {
  if (cursor?.of === "last-item") return items;
  if (cursor?.of !== "greatest-item") return items.toReversed();
  const { path } = cursor;
  return items
    .map((item) => ({ item, at: valueAt(item, path) }))
    .toSorted((a, b) => compare(a.at, b.at))
    .map(({ item }) => item);
}

type Read = { answers: readonly Json[]; listed: Json[]; before: Json | undefined };

function cursorOf({ cursor }: PollSource, { answers, listed, before }: Read): Json | undefined {
  if (!cursor) return undefined;
  const found = valueAt(cursor.of === "answer" ? answers.at(-1) : listed.at(-1), cursor.path);
  if (found === undefined || found === null) return before;
  // A look that finds only what is older does not go back.
  return cursor.of === "greatest-item" && before !== undefined && compare(found, before) < 0 ? before : found;
}

/** Numbers as numbers, everything else as text: ISO 8601 times sort as text does. What is missing comes first. */
function compare(a: Json | undefined, b: Json | undefined): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [textOf(a), textOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function textOf(value: Json | undefined): string {
  return value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

function valueAt(value: Json | undefined, path: string): Json | undefined {
  const parsed = parsePath(path);
  return parsed ? (readPath(value, parsed) as Json | undefined) : undefined;
}
