import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";
import { type Json, nestsTooDeep } from "../../shared/json.ts";

/** What we can decode, and so all that is asked for. */
export const acceptedEncodings = "gzip, br, deflate";

export type Decoded = { decoded: "ok"; body: Buffer } | { decoded: "too-large" } | { decoded: "broken"; message: string };

const decoders = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  br: promisify(brotliDecompress),
  // RFC 9110, 8.4.1.2: deflate is zlib's format, but some servers send the raw one. zlib's first byte says method 8.
  deflate: (body: Buffer, options: { maxOutputLength: number }) =>
    ((body[0] ?? 0) & 0x0f) === 8 ? promisify(inflate)(body, options) : promisify(inflateRaw)(body, options),
};

/** Undoes `content-encoding`. Never holds more than `maxBytes` of decoded text, so that a compression bomb is cut short. */
export async function decodeBody(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Decoded> {
  const name = encoding?.trim().toLowerCase();
  if (!name || name === "identity" || body.length === 0) return { decoded: "ok", body };
  if (!Object.hasOwn(decoders, name)) return { decoded: "broken", message: `cannot decode content-encoding "${name}"` };
  try {
    // The check above makes `name` a key.
    const decoded = await decoders[name as keyof typeof decoders](body, { maxOutputLength: maxBytes });
    return { decoded: "ok", body: decoded };
  } catch (error) {
    if (error instanceof RangeError) return { decoded: "too-large" };
    const why = error instanceof Error ? error.message : String(error);
    return { decoded: "broken", message: `the answer's ${name} content is broken: ${why}` };
  }
}

/**
 * Parses the text of an answer: JSON when its type says so, or when it is an object or array whatever its type; else the text
 * itself. Empty is null.
 */
export function parseBody(text: string, contentType: string | undefined): Json {
  if (text === "") return null;
  const declared = contentType !== undefined && /[/+]json\b/i.test(contentType);
  if ((!declared && !/^\s*[[{]/.test(text)) || nestsTooDeep(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // Wrongly labelled, or text that only begins like JSON: the text is the value.
    return text;
  }
}
