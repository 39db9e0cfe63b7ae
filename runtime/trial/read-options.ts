import type { DynamicLink, LinkOption } from "../../shared/connector/parameter-link.ts";
import { parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";

/** What one list may have: it is kept in memory. */
const most = { options: 10_000, characters: 1_000_000, label: 200 };

/** The options in an answer where the link says they are, or what is not there. `complete`: the answer announces no more of them. */
export function readOptions(
  answer: { headers: Record<string, string>; body: Json },
  link: DynamicLink,
): { options: LinkOption[]; complete: boolean } | { message: string } {
  const items = at(answer.body, link.items);
  const place = link.items === "" ? "the answer" : `"${link.items}"`;
  if (!Array.isArray(items)) return { message: `${place} is no list in what the endpoint answered` };
  const seen = new Set<string>();
  const options: LinkOption[] = [];
  let left = most.characters;
  for (const item of items.slice(0, most.options)) {
    const value = at(item, link.value);
    if (!isScalar(value)) continue;
    const id = JSON.stringify(value);
    if (seen.has(id)) continue;
    seen.add(id);
    const named = link.label === undefined ? value : at(item, link.label);
    const label = (isScalar(named) && named !== "" ? String(named) : String(value)).slice(0, most.label);
    const size = id.length + label.length;
    if (size > left) return { options, complete: false };
    left -= size;
    options.push({ value, label });
  }
  if (items.length > 0 && options.length === 0)
    return { message: `no item of ${place} has a text, number or boolean at "${link.value}"` };
  return { options, complete: items.length <= most.options && !announcesMore(answer) };
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
function announcesMore({ headers, body }: { headers: Record<string, string>; body: Json }): boolean {
  if (/;\s*rel="?next"?/i.test(headers.link ?? "")) return true;
  if (typeof body !== "object" || body === null || Array.isArray(body)) return false;
  const paging = Object.entries(body).flatMap(([name, value]) =>
    pagingNames.test(name) && typeof value === "object" && value !== null ? Object.entries(value) : [],
  );
  return [...Object.entries(body), ...paging].some(
    ([name, value]) => nextNames.test(name) && value !== null && value !== false && value !== "" && value !== 0,
  );
}
