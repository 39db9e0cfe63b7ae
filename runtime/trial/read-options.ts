import { labelOf } from "../../shared/connector/link-label.ts";
import type { DynamicLink, LinkOption } from "../../shared/connector/parameter-link.ts";
import { parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";

/** What one list may have: it is kept in memory. */
const most = { options: 10_000, characters: 1_000_000, label: 200, description: 300 };

/** The options of the pages so far. `full`: there is no room for more. */
export type OptionList = { options: LinkOption[]; seen: ReadonlySet<string>; characters: number; full: boolean };
export const noOptions: OptionList = { options: [], seen: new Set(), characters: 0, full: false };

type Answer = { headers: Record<string, string>; body: Json };

/** The list with the options of one more answer, or what is not there. A value that comes twice is in it once. */
export function readOptions(before: OptionList, { body }: Answer, link: DynamicLink): OptionList | { message: string } {
  const items = at(body, link.items);
  const place = link.items === "" ? "the answer" : `"${link.items}"`;
  if (!Array.isArray(items)) return { message: `${place} is no list in what the endpoint answered` };
  const seen = new Set(before.seen);
  const options = [...before.options];
  let { characters } = before;
  let known = 0;
  for (const item of items) {
    const value = at(item, link.value);
    if (!isScalar(value)) continue;
    known++;
    const id = JSON.stringify(value);
    if (seen.has(id)) continue;
    const option = optionOf(item, value, link);
    characters += id.length + option.label.length + (option.description?.length ?? 0);
    if (options.length >= most.options || characters > most.characters) return { options, seen, characters, full: true };
    seen.add(id);
    options.push(option);
  }
  if (items.length > 0 && known === 0) return { message: `no item of ${place} has a text, number or boolean at "${link.value}"` };
  return { options, seen, characters, full: false };
}

/** The entry of a value in an answer that is about it alone; null when there is nothing at the link's place. */
export function readOption({ body }: Answer, link: DynamicLink, value: Json): LinkOption | null {
  const item = at(body, link.resolve?.item ?? "");
  return item === undefined || item === null ? null : optionOf(item, value, link);
}

function optionOf(item: Json, value: Json, { label, description, disabledWhen }: DynamicLink): LinkOption {
  const line = description === undefined ? null : labelOf(item, description);
  const barred = disabledWhen === undefined ? undefined : at(item, disabledWhen);
  const named = label === undefined ? null : labelOf(item, label);
  return {
    value,
    label: (named ?? (typeof value === "string" ? value : JSON.stringify(value))).slice(0, most.label),
    ...(line !== null && { description: line.slice(0, most.description) }),
    ...(isSet(barred) && { disabled: true }),
  };
}

function isSet(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== "";
}

function at(value: Json, path: string): Json | undefined {
  if (path === "") return value;
  const parsed = parsePath(path);
  return parsed ? (readPath(value, parsed) as Json | undefined) : undefined;
}

function isScalar(value: Json | undefined): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

const nextNames = /^(has_?more|next|next_?(page|cursor|token|url|link|page_?token)|cursor_?next)$/i;
const pagingNames = /^(meta|metadata|paging|pagination|page_?info|links|_links|response_metadata)$/i;

/** APIs that answer page by page say so in a `Link` header (RFC 8288) or beside their list. */
export function announcesMore({ headers, body }: Answer): boolean {
  if (/;\s*rel="?next"?/i.test(headers.link ?? "")) return true;
  if (typeof body !== "object" || body === null || Array.isArray(body)) return false;
  const paging = Object.entries(body).flatMap(([name, value]) =>
    pagingNames.test(name) && typeof value === "object" && value !== null ? Object.entries(value) : [],
  );
  return [...Object.entries(body), ...paging].some(
    ([name, value]) => nextNames.test(name) && value !== null && value !== false && value !== "" && value !== 0,
  );
}
