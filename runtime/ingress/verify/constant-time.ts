import { timingSafeEqual } from "node:crypto";

export type Encoding = "hex" | "base64" | "base64url";

const hexDigits = /^[0-9a-f]*$/i;

/**
 * Decodes text that must be exactly one encoding of some bytes, else gives null: Node's own decoders skip what they do not know.
 * Hex may have either case; base64 needs its padding and base64url has none, both with zero spare bits (RFC 4648, 3.5 and 5).
 * `byteLength`: how many bytes it must give.
 */
export function decodeStrict(text: string, encoding: Encoding, byteLength?: number): Buffer | null {
  const bytes = encoding === "hex" ? decodeHex(text) : decodeBase64(text, encoding);
  return bytes === null || (byteLength !== undefined && bytes.length !== byteLength) ? null : bytes;
}

/** The one place that compares signatures: in constant time, and false rather than a throw when the lengths differ. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

function decodeHex(text: string): Buffer | null {
  return text.length % 2 === 0 && hexDigits.test(text) ? Buffer.from(text, "hex") : null;
}

function decodeBase64(text: string, encoding: "base64" | "base64url"): Buffer | null {
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === text ? bytes : null;
}
