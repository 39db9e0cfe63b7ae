import type { Json } from "../../../shared/json.ts";

export type JsonObject = { [key: string]: Json };

/** The value as an object; an empty one when it is anything else. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text, cut to `most` characters; undefined when it is no text or an empty one. */
export function textOf(value: Json | undefined, most = 10_000): string | undefined {
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const text = value.trim();
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

const tag =
  /<\/?(?:a|b|blockquote|br|code|div|em|h[1-6]|hr|i|img|li|ol|p|pre|span|strong|table|tbody|td|th|thead|tr|u|ul)(?:\s[^<>]{0,500})?\/?>/gi;
const entities: Record<string, string> = { "&nbsp;": " ", "&quot;": '"', "&#39;": "'", "&amp;": "&" };

/** A text for people: as `textOf`, without the HTML that some files write their descriptions in. */
export function wordsOf(value: Json | undefined, most?: number): string | undefined {
  if (typeof value !== "string" || value.search(tag) < 0) return textOf(value, most);
  const plain = value
    .replace(/<(?:br|\/p|\/li|\/div|\/h[1-6]|\/tr)\s*\/?>/gi, "\n")
    .replace(tag, "")
    .replace(/&(?:nbsp|quot|#39|amp);/g, (entity) => entities[entity] ?? entity)
    .replace(/[ \t]+/g, " ")
    .replace(/\s*\n\s*/g, "\n");
  return textOf(plain, most);
}

/** What a `#/…` reference points at (RFC 6901 in a URI fragment); undefined when there is nothing. */
export function pointedAt(root: JsonObject, ref: string): Json | undefined {
  let value: Json | undefined = root;
  for (const token of pointerTokens(ref)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, token)) return undefined;
    value = (value as JsonObject)[token];
  }
  return value;
}

/** Follows references to references; what leads nowhere is an empty object. */
export function follow(root: JsonObject, value: Json | undefined): JsonObject {
  let current = objectOf(value);
  for (let step = 0; step < 20 && typeof current.$ref === "string"; step++) current = objectOf(pointedAt(root, current.$ref));
  return current;
}

function pointerTokens(ref: string): string[] {
  if (ref === "#" || ref === "") return [];
  return ref.slice(2).split("/").map(unescapeToken);
}

function unescapeToken(token: string): string {
  // A lone % is no escape: the token is taken as it stands.
  const text = /%(?![0-9a-f]{2})/i.test(token) ? token : token.replace(/(%[0-9a-f]{2})+/gi, decodeBytes);
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

function decodeBytes(escaped: string): string {
  return Buffer.from(escaped.replaceAll("%", ""), "hex").toString("utf8");
}
