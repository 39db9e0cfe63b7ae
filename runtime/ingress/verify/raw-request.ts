import { AppError } from "../../../shared/app-error.ts";

/** A request as it was captured: lower-case header names, several values joined by ", ". */
export type CapturedRequest = { method: string; url: string; headers: Record<string, string>; body: Uint8Array };

const requestLine = /^([A-Z]{3,10}) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/;
const headerLine = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):(.*)$/;

/**
 * Reads a raw HTTP/1.1 request (RFC 9112): request line (left out: `POST /`), headers, an empty line, and the body, whose bytes stay as
 * they are; what stands behind `Content-Length` bytes is not part of it. `url`: the hook's public URL, where `Host` does not say it.
 * Throws `bad_request` for a line that is none.
 */
export function parseRawRequest(bytes: Uint8Array, url?: string): CapturedRequest {
  const { head, body } = cutHead(bytes);
  const [first = "", ...rest] = head.split(/\r?\n/);
  const line = requestLine.exec(first);
  const headers: Record<string, string> = Object.create(null);
  for (const text of line ? rest : [first, ...rest]) {
    const [, name, sent = ""] = headerLine.exec(text) ?? [];
    if (name === undefined)
      throw new AppError("bad_request", `the request has a line that is no header: ${JSON.stringify(text.slice(0, 60))}`);
    const lower = name.toLowerCase();
    const value = withoutBlanks(sent);
    headers[lower] = headers[lower] === undefined ? value : `${headers[lower]}, ${value}`;
  }
  const [, method = "POST", target = "/"] = line ?? [];
  const length = /^\d{1,9}$/.test(headers["content-length"] ?? "") ? Number(headers["content-length"]) : body.length;
  return { method, url: url ?? urlOf(target, headers.host), headers: { ...headers }, body: body.subarray(0, length) };
}

/** RFC 9110, 5.5: blanks and tabs around a value are not part of it. */
function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (text[start] === " " || text[start] === "\t") start += 1;
  while (end > start && (text[end - 1] === " " || text[end - 1] === "\t")) end -= 1;
  return text.slice(start, end);
}

function cutHead(bytes: Uint8Array): { head: string; body: Uint8Array } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const blank = /\r?\n\r?\n/.exec(text);
  if (blank === null) return { head: text.replace(/\r?\n$/, ""), body: new Uint8Array() };
  return { head: text.slice(0, blank.index), body: bytes.subarray(blank.index + blank[0].length) };
}

function urlOf(target: string, host: string | undefined): string {
  if (/^https?:\/\//i.test(target)) return target;
  return `https://${host ?? "localhost"}${target.startsWith("/") ? "" : "/"}${target}`;
}
