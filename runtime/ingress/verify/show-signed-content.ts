import type { SignatureRecipe, SigningRecipe } from "../../../shared/event/signature-recipe.ts";
import type { Delivery, Refused } from "./delivery.ts";
import { explainRefusal } from "./explain-refusal.ts";
import { compilePlace, type Reading, readingOf, type Value } from "./reading.ts";
import { type Chunk, compileSignedContent } from "./signed-content.ts";
import { compileSignedValue, type SignedValue } from "./signed-value.ts";

/** `note`: what is left out or why there is nothing, null when all of it is there. */
export type ShownContent = { text: string; note: string | null };

const mostBytes = 2_048;
const nothing: SignedValue = { texts: [], fields: null, header: null };
const named: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * The signed string of a delivery as we compute it, for "why was this refused?": `<secret>` stands for the secret, the body is cut at
 * 2 KB, and what does not print is written as `\n` or `\x00`. Null: nothing is signed in this kind of recipe.
 */
export function signedContentShown(recipe: SignatureRecipe, delivery: Delivery): ShownContent | null {
  if (!("signedContent" in recipe)) return null;
  const reading = readingOf(delivery);
  const found = compileSignedValue(recipe.signature)(reading);
  const signature = "outcome" in found ? nothing : found;
  const timestamp = rawTimestamp(recipe, reading, signature);
  if (timestamp !== null && "outcome" in timestamp) return unavailable(recipe, timestamp);
  const chunks = compileSignedContent(recipe).chunks({ reading, signature, timestamp }, Buffer.from("<secret>"), 0);
  if (!Array.isArray(chunks)) return unavailable(recipe, chunks);
  const cut = delivery.body.length > mostBytes && chunks.includes(delivery.body);
  return {
    text: chunks.map((chunk) => shown(chunk, delivery.body)).join(""),
    note: cut ? `The body is cut after 2 KB; ${delivery.body.length.toLocaleString("en")} bytes were signed.` : null,
  };
}

function rawTimestamp({ timestamp }: SigningRecipe, reading: Reading, signature: SignedValue): Value | Refused | null {
  if (timestamp === undefined) return null;
  if (timestamp.from.in === "signature") return signature.fields?.get(timestamp.from.name) ?? null;
  return compilePlace(timestamp.from)(reading);
}

function unavailable(recipe: SignatureRecipe, { reason, header }: Refused): ShownContent {
  return { text: "", note: explainRefusal(reason, recipe, header) };
}

function shown(chunk: Chunk, body: Uint8Array): string {
  if (typeof chunk === "string") return printable(Buffer.from(chunk, "latin1"));
  return printable(chunk === body ? chunk.subarray(0, mostBytes) : chunk);
}

/** As UTF-8 where it is that; a cut may have split the last character. */
function printable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("utf8");
  const readable = text.includes("\ufffd") ? Buffer.from(bytes).toString("latin1") : text;
  const limit = readable === text ? /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu : /[^\x20-\x7e]/g;
  return readable.replace(limit, (char) => named[char] ?? escaped(char));
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}
