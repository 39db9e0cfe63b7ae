import type { Path } from "../../../shared/flow/expression.ts";
import { parseJson } from "./parse-json.ts";

/**
 * The items of a list in a JSON body, each exactly as it was written: writing them anew would round large numbers. Null when the body
 * is no JSON, there is no list at `path`, or it has more than `most` items.
 */
export function itemTexts(body: Uint8Array, path: Path, most: number): Buffer[] | null {
  // Only what is known to be JSON is scanned, so that the scan need not look for faults.
  if (parseJson(body) === undefined) return null;
  const text = valueText(body, path);
  if (text === null || !text.startsWith("[")) return null;
  const items = membersOf(text, most + 1);
  return items.length > most ? null : items.map((item) => Buffer.from(item.value, "utf8"));
}

/** The text of a value in a body that is known to be JSON, as it was written; null when there is none at `path`. */
export function valueText(body: Uint8Array, path: Path): string | null {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let text: string | null = bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .trim();
  for (const key of path) text = text === null ? null : memberOf(text, key);
  return text;
}

function memberOf(text: string, key: string | number): string | null {
  const isList = text.startsWith("[");
  if (!isList && !text.startsWith("{")) return null;
  const members = membersOf(text, Number.POSITIVE_INFINITY);
  if (isList) return members[Number(key)]?.value ?? null;
  // Of a name that is there twice the last one counts, as for JSON.parse.
  return members.findLast(({ name }) => name === String(key))?.value ?? null;
}

type Member = { name: string | null; value: string };

/** The members of an object or list, up to `most`. `text` is valid JSON without blanks around it. */
function membersOf(text: string, most: number): Member[] {
  const members: Member[] = [];
  const named = text.startsWith("{");
  let at = skipBlank(text, 1);
  while (at < text.length - 1 && members.length < most) {
    let name: string | null = null;
    if (named) {
      const end = endOfString(text, at);
      const raw = text.slice(at + 1, end - 1);
      // Names seldom have escapes, and a body may have very many names.
      name = raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
      at = skipBlank(text, skipBlank(text, end) + 1);
    }
    const end = endOfValue(text, at);
    members.push({ name, value: text.slice(at, end) });
    at = skipBlank(text, end);
    if (text[at] === ",") at = skipBlank(text, at + 1);
    else break;
  }
  return members;
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== "{" && first !== "[") {
    let at = start;
    while (at < text.length && !endsScalar(text.charCodeAt(at))) at += 1;
    return at;
  }
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at) - 1;
    else if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** Behind the closing quote. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function skipBlank(text: string, start: number): number {
  let at = start;
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** RFC 8259, 2: space, tab, line feed, carriage return. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** A blank, a comma, or the end of what it stands in. */
function endsScalar(code: number): boolean {
  return code === 0x2c || code === 0x5d || code === 0x7d || isBlank(code);
}
