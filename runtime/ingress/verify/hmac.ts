import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { HmacRecipe, SignedPart } from "../../../shared/event/signature-recipe.ts";
import { decodeStrict, sameBytes } from "./constant-time.ts";
import { type Check, type Delivery, type Refused, refused, type SigningSecret } from "./delivery.ts";

/** Longer header values are refused unread: no provider needs them, and a flood of them must cost nothing. */
const maxHeaderLength = 4_096;
const digestLength = { sha1: 20, sha256: 32, sha512: 64 };
// No sign, space, exponent or 0x: Number() would take them all.
const digits = /^\d{1,16}$/;

type Key = { key: KeyObject; expiresAt: number | null };
/** A piece of what is signed: fixed bytes, a header's raw value, or the body. */
type Piece = { bytes: Buffer } | { header: string } | { body: true };

/**
 * Prepares an HMAC recipe (RFC 2104) for the hot path. A secret that is blank or cannot be decoded gives no key, and without a
 * key every delivery is refused with `secret_missing`.
 */
export function compileHmac(recipe: HmacRecipe, secrets: SigningSecret[]): Check {
  const keys = secrets.flatMap(({ secret, expiresAt }): Key[] => {
    const bytes = keyBytes(recipe, secret);
    return bytes === null ? [] : [{ key: createSecretKey(bytes), expiresAt }];
  });
  const pieces = recipe.signedContent.map((part) => pieceOf(part, recipe));
  const required = [...new Set(recipe.requiredHeaders.map((name) => name.toLowerCase()))];
  return (delivery, now) => {
    if (!keys.some((key) => isValid(key, now))) return refused("secret_missing");
    for (const name of required) {
      const value = header(delivery, name);
      if (typeof value !== "string") return value;
    }
    const signature = readSignature(recipe, delivery);
    if ("outcome" in signature) return signature;
    return checkTimestamp(recipe, delivery, now) ?? checkSignature(recipe, { keys, pieces, signature, delivery, now });
  };
}

/** The key that a secret's text stands for, by the recipe's stated rule; null when there is none in it. */
export function keyBytes(recipe: HmacRecipe, secret: string): Buffer | null {
  const { stripPrefix, decode } = recipe.secret;
  const text = secret.startsWith(stripPrefix) ? secret.slice(stripPrefix.length) : secret;
  if (text.trim() === "") return null;
  return decode === "utf8" ? Buffer.from(text, "utf8") : decodeStrict(text, decode);
}

function pieceOf(part: SignedPart, recipe: HmacRecipe): Piece {
  switch (part.part) {
    case "literal":
      return { bytes: Buffer.from(part.text, "utf8") };
    case "body":
      return { body: true };
    case "header":
      return { header: part.name.toLowerCase() };
    case "timestamp":
      // Without a timestamp rule no header has this name, so the delivery is refused; the schema does not let it come to that.
      return { header: recipe.timestamp?.header.toLowerCase() ?? "" };
  }
}

function isValid(key: Key, now: number): boolean {
  return key.expiresAt === null || now < key.expiresAt;
}

/** A header that has to be there: an empty one is a missing one, never "". */
function header(delivery: Delivery, name: string): string | Refused {
  const value = delivery.headers(name);
  if (value === null || value === "") return refused("missing_header", name);
  return value.length > maxHeaderLength ? refused("header_too_long", name) : value;
}

function readSignature(recipe: HmacRecipe, delivery: Delivery): Buffer | Refused {
  const name = recipe.signature.header.toLowerCase();
  const value = header(delivery, name);
  if (typeof value !== "string") return value;
  const { valuePrefix } = recipe.signature;
  const prefixed = value.startsWith(valuePrefix);
  const text = prefixed ? value.slice(valuePrefix.length) : value;
  // A header sent twice arrives joined. Which of the two the provider meant is a guess, so neither counts.
  if (text.includes(", ")) return refused("duplicate_header", name);
  if (!prefixed) return refused("bad_prefix", name);
  return decodeStrict(text, recipe.encoding, digestLength[recipe.algorithm]) ?? refused("bad_encoding", name);
}

function checkTimestamp(recipe: HmacRecipe, delivery: Delivery, now: number): Refused | null {
  const rule = recipe.timestamp;
  if (rule === undefined) return null;
  const name = rule.header.toLowerCase();
  const text = header(delivery, name);
  if (typeof text !== "string") return text;
  if (!digits.test(text)) return refused("bad_timestamp", name);
  const age = now - Number(text) * (rule.unit === "s" ? 1_000 : 1);
  if (age > rule.tolerancePastMs) return refused("timestamp_too_old", name);
  return -age > rule.toleranceFutureMs ? refused("timestamp_in_future", name) : null;
}

type Signed = { keys: Key[]; pieces: Piece[]; signature: Buffer; delivery: Delivery; now: number };

function checkSignature(recipe: HmacRecipe, { keys, pieces, signature, delivery, now }: Signed): Refused | null {
  const content = contentOf(pieces, delivery);
  if (!Array.isArray(content)) return content;
  for (const key of keys) {
    if (!isValid(key, now)) continue;
    const hmac = createHmac(recipe.algorithm, key.key);
    for (const chunk of content) hmac.update(chunk);
    if (sameBytes(hmac.digest(), signature)) return null;
  }
  return refused("signature_mismatch", recipe.signature.header.toLowerCase());
}

/** What is signed, in order. */
function contentOf(pieces: Piece[], delivery: Delivery): Uint8Array[] | Refused {
  const content: Uint8Array[] = [];
  for (const piece of pieces) {
    if ("bytes" in piece) content.push(piece.bytes);
    else if ("body" in piece) content.push(delivery.body);
    else {
      const value = header(delivery, piece.header);
      if (typeof value !== "string") return value;
      // Its characters are the bytes that were sent: as UTF-8 they would be others.
      content.push(Buffer.from(value, "latin1"));
    }
  }
  return content;
}
