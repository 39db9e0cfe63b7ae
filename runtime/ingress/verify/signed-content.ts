import { hash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { SignedPart, SigningRecipe } from "../../../shared/event/signature-recipe.ts";
import { type Refused, refused } from "./delivery.ts";
import { isForm, pathOf, type Reading, readHeader, textOf, type Value } from "./reading.ts";
import type { SignedValue } from "./signed-value.ts";
import { urlIn } from "./url-forms.ts";

/** Bytes to be signed; a string stands for bytes (latin1). */
export type Chunk = Uint8Array | string;
/** What of a delivery has been read before its content is made. `secret`: of plain hashes. */
export type Read = { reading: Reading; signature: SignedValue; timestamp: Value | null };
type Secret = Uint8Array | null;
/** `form`: which of the URL's forms, where there are several. */
type Part = (read: Read, secret: Secret, form: number) => Chunk | Refused;
export type SignedContent = { forms: number; chunks(read: Read, secret: Secret, form: number): Chunk[] | Refused };

const ascii = /^[\0-\x7f]*$/;

/** Prepares what is signed, in order. A part that is missing is a refusal, unless the recipe says what it means (S15). */
export function compileSignedContent({ signedContent }: Pick<SigningRecipe, "signedContent">): SignedContent {
  const parts = signedContent.map(compilePart);
  const forms = Math.max(1, ...signedContent.map((part) => (part.part === "url" ? part.forms.length : 1)));
  return {
    forms,
    chunks(read, secret, form) {
      const chunks: Chunk[] = [];
      let text = "";
      for (const part of parts) {
        const chunk = part(read, secret, form);
        if (typeof chunk === "string") text += chunk;
        else if ("outcome" in chunk) return chunk;
        else {
          if (text !== "") chunks.push(text);
          text = "";
          chunks.push(chunk);
        }
      }
      if (text !== "") chunks.push(text);
      return chunks;
    },
  };
}

function compilePart(part: SignedPart): Part {
  switch (part.part) {
    case "literal": {
      const bytes = chars(part.text);
      return () => bytes;
    }
    case "body":
      return ({ reading }) => reading.body;
    case "timestamp":
      return ({ timestamp }) => (timestamp === null ? refused("bad_timestamp") : chunkOf(timestamp));
    case "header": {
      const name = part.name.toLowerCase();
      return ({ reading }) => valueOr(readHeader(reading, name));
    }
    case "query":
      return ({ reading }) => {
        const [value, more] = reading.query().getAll(part.name);
        if (more !== undefined) return refused("duplicate_header");
        return value === undefined || value === "" ? refused("missing_value") : chars(value);
      };
    case "value":
      return bodyValue(part);
    case "field":
      return ({ signature }) => {
        const value = signature.fields?.get(part.name);
        return value === undefined || value.text === "" ? refused("missing_value", signature.header) : chunkOf(value);
      };
    case "method":
      return ({ reading }) => reading.method;
    case "url":
      return ({ reading }, _, form) => chars(urlIn(part.forms[Math.min(form, part.forms.length - 1)] ?? "as-is", reading.url));
    case "form-sorted":
      return ({ reading }) =>
        isForm(reading) && hasTooManyFields(reading.body) ? refused("too_many_items") : chars(sortedForm(reading.form()));
    case "secret":
      return (_, secret) => secret ?? refused("secret_missing");
    case "body-hash":
      return ({ reading }) => hash(part.algorithm, reading.body, part.encoding);
    case "body-crc32":
      return ({ reading }) => String(crc32(reading.body));
  }
}

function bodyValue({ path, missing, before = "", after = "" }: Extract<SignedPart, { part: "value" }>): Part {
  const parsed = pathOf(path);
  return ({ reading }) => {
    const text = textOf(reading, parsed);
    if (text !== null) return chars(before + text + after);
    switch (missing) {
      case "refuse":
        return refused("missing_value");
      case "empty":
        return chars(before + after);
      case "skip":
        return "";
    }
  };
}

/** More than any provider sends; sorting them would cost more than hashing. */
const mostFields = 5_000;

function hasTooManyFields(body: Uint8Array): boolean {
  let fields = 1;
  for (let at = body.indexOf(ampersand); at !== -1 && fields <= mostFields; at = body.indexOf(ampersand, at + 1)) fields += 1;
  return fields > mostFields;
}

const ampersand = 0x26;

/**
 * Names in order, each with every different value of it in order (twilio.com, "Validating requests are coming from Twilio"). Gathered in
 * one pass: whoever sends a form chooses how many fields it has.
 */
function sortedForm(form: URLSearchParams | null): string {
  if (form === null) return "";
  const values = new Map<string, Set<string>>();
  for (const [name, value] of form) {
    const known = values.get(name);
    if (known) known.add(value);
    else values.set(name, new Set([value]));
  }
  let text = "";
  for (const name of [...values.keys()].sort()) for (const value of [...(values.get(name) ?? [])].sort()) text += name + value;
  return text;
}

function valueOr(value: Value | Refused): Chunk | Refused {
  return "outcome" in value ? value : chunkOf(value);
}

/** A header's characters are the bytes that were sent: as UTF-8 they would be others. */
function chunkOf({ text, latin1 }: Value): Chunk {
  return latin1 ? text : chars(text);
}

function chars(text: string): Chunk {
  return ascii.test(text) ? text : Buffer.from(text, "utf8");
}

/** All of a content in one piece. */
export function bytesOf(chunks: Chunk[]): Buffer {
  return Buffer.concat(chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk)));
}
