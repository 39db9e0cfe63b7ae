import { parsePath, readPath } from "../flow/expression.ts";
import type { Json } from "../json.ts";
import type { Pagination } from "./pagination.ts";

/** What came so far of a list that is fetched page by page; `inputs` are those of the first page. */
export type PagesSoFar = {
  inputs: Record<string, Json>;
  /** How many pages have come, and how many items with them. */
  pages: number;
  items: number;
  /** The last of them. */
  last: { headers: Record<string, string>; body: Json };
  /** The cursor that the last page was asked for with, if there was one. */
  cursor: Json | undefined;
};

/** How to ask for the next page: with other inputs, or at the target of a `Link` header (relative to the last URL). */
export type NextPage = { page: "inputs"; inputs: Record<string, Json> } | { page: "link"; target: string } | { page: "none" };

/** The inputs of the first page: with the page's size, where the recipe names one and the caller does not. */
export function firstPageInputs(pagination: Pagination, inputs: Record<string, Json>): Record<string, Json> {
  if (pagination.kind === "cursor" || pagination.kind === "link") return inputs;
  const { sizeParameter, size } = pagination;
  return sizeParameter === undefined || size === undefined || isGiven(inputs, sizeParameter)
    ? inputs
    : { ...inputs, [sizeParameter]: size };
}

/** The items of an answer; null when there is no list where the recipe says. */
export function itemsOf({ items: path }: Pagination, body: Json): Json[] | null {
  const items = path === "" ? body : valueAt(body, path);
  return Array.isArray(items) ? items : null;
}

/** What to ask for after the last page. A cursor that comes twice is the end: it would never stop. */
export function nextPage(pagination: Pagination, soFar: PagesSoFar): NextPage {
  const { inputs, pages, items, last, cursor } = soFar;
  const count = itemsOf(pagination, last.body)?.length ?? 0;
  switch (pagination.kind) {
    case "cursor": {
      const next = valueAt(last.body, pagination.next);
      const ended = next === undefined || next === null || next === "" || next === false || next === cursor;
      return ended ? { page: "none" } : withInput(inputs, pagination.parameter, next);
    }
    case "offset":
      return isLast(pagination, inputs, count)
        ? { page: "none" }
        : withInput(inputs, pagination.parameter, numberOf(inputs, pagination.parameter, 0) + items);
    case "page":
      return isLast(pagination, inputs, count)
        ? { page: "none" }
        : withInput(inputs, pagination.parameter, numberOf(inputs, pagination.parameter, pagination.first) + pages);
    case "link": {
      const target = linkTarget(last.headers.link ?? "");
      return target === null ? { page: "none" } : { page: "link", target };
    }
  }
}

/** The body of the last page with all items in its list's place: as if the API had given them at once. */
export function joinPages(pagination: Pagination, bodies: readonly Json[]): Json {
  const all = bodies.flatMap((body) => itemsOf(pagination, body) ?? []);
  const last = bodies.at(-1) ?? null;
  return pagination.items === "" ? all : replaceAt(last, parsePath(pagination.items) ?? [], all);
}

type Sized = Extract<Pagination, { kind: "offset" | "page" }>;

function isLast({ sizeParameter, size }: Sized, inputs: Record<string, Json>, count: number): boolean {
  if (count === 0) return true;
  const asked = sizeParameter !== undefined && isGiven(inputs, sizeParameter) ? Number(inputs[sizeParameter]) : size;
  return asked !== undefined && count < asked;
}

function withInput(inputs: Record<string, Json>, parameter: string, value: Json): NextPage {
  return { page: "inputs", inputs: { ...inputs, [parameter]: value } };
}

function numberOf(inputs: Record<string, Json>, parameter: string, fallback: number): number {
  const value = isGiven(inputs, parameter) ? Number(inputs[parameter]) : fallback;
  return Number.isFinite(value) ? value : fallback;
}

function isGiven(inputs: Record<string, Json>, parameter: string): boolean {
  return Object.hasOwn(inputs, parameter) && inputs[parameter] !== null;
}

function valueAt(body: Json, path: string): Json | undefined {
  const parsed = parsePath(path);
  return parsed ? (readPath(body, parsed) as Json | undefined) : undefined;
}

function replaceAt(value: Json, [head, ...rest]: (string | number)[], replacement: Json): Json {
  if (head === undefined) return replacement;
  if (Array.isArray(value)) return value.map((item, index) => (index === head ? replaceAt(item, rest, replacement) : item));
  if (typeof value !== "object" || value === null) return value;
  return { ...value, [head]: replaceAt(value[head] ?? null, rest, replacement) };
}

/** RFC 8288: the target of the link whose relation is `next`; null when there is none. */
function linkTarget(header: string): string | null {
  for (const [, target = "", parameters = ""] of header.matchAll(/<([^<>]*)>((?:\s*;\s*[\w*]+\s*=\s*(?:"[^"]*"|[^",;\s]+))*)/g))
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?![\w-]))/i.test(parameters)) return target;
  return null;
}
