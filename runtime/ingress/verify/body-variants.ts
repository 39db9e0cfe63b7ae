import { nestsTooDeep } from "../../../shared/json.ts";
import { parseJson } from "./parse-json.ts";

/** A body that may have been what was signed, and what has happened to it since. */
export type BodyVariant = { body: Buffer; change: string };

/** What proxies, editors, frameworks and copying usually do to a body, undone. The body itself is not among them. */
export function bodyVariants(bytes: Uint8Array): BodyVariant[] {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = body.toString("utf8");
  const json = parseJson(body);
  const variants: [string, string][] = [
    [withoutLastBreaks(text), "a line break was added at its end"],
    [text.trim(), "white space was added around it"],
    [`${text}\n`, "the line break at its end was lost"],
    [`${text}\r\n`, "the line break (CRLF) at its end was lost"],
    [text.replaceAll("\r\n", "\n"), "its line breaks were changed from LF to CRLF"],
    [text.replace(/\r?\n/g, "\r\n"), "its line breaks were changed from CRLF to LF"],
    [text.replace(/^\ufeff/, ""), "a byte order mark was added"],
    ...(typeof json === "object" && json !== null && !nestsTooDeep(text) ? writtenAnew(json) : []),
  ];
  const seen = new Set([text]);
  return variants.flatMap(([variant, change]) => {
    if (seen.has(variant)) return [];
    seen.add(variant);
    return [{ body: Buffer.from(variant, "utf8"), change }];
  });
}

/** In one pass: a body may be nothing but line breaks. */
function withoutLastBreaks(text: string): string {
  let end = text.length;
  while (text[end - 1] === "\n") end -= text[end - 2] === "\r" ? 2 : 1;
  return text.slice(0, end);
}

function writtenAnew(json: object): [string, string][] {
  const compact = JSON.stringify(json);
  const change = "its JSON was parsed and written anew";
  return [
    [compact, change],
    [escaped(compact), `${change}, with other escapes`],
    [JSON.stringify(json, null, 2), change],
    [spaced(json), change],
    [escaped(spaced(json)), `${change}, with other escapes`],
    [compact.replaceAll("/", "\\/"), `${change}, with other escapes`],
  ];
}

/** As Python's `json.dumps` writes it. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}: ${spaced(each)}`)
    .join(", ")}}`;
}

function escaped(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
