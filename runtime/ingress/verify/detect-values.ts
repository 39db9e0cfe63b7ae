import type { Place } from "../../../shared/event/place.ts";
import type { HashAlgorithm, SignatureEncoding, SignaturePlace, TimestampRule } from "../../../shared/event/signature-recipe.ts";
import { decodeStrict } from "./constant-time.ts";
import type { CapturedRequest } from "./raw-request.ts";
import { type Reading, readingOf } from "./reading.ts";
import { timeOf } from "./timestamp.ts";

/** A text somewhere in a request. */
export type Text = { place: Place; text: string };
/** A text that looks like a signature: where it is, how it is cut out, and the bytes that it stands for. */
export type Digest = {
  signature: SignaturePlace;
  encoding: SignatureEncoding;
  bytes: Buffer;
  fields: { name: string; text: string }[];
};
export type Time = { from: TimestampRule["from"]; unit: TimestampRule["unit"]; text: string };

/** Never where a provider puts a signature; left out to keep the search short. */
const plainHeaders = new Set([
  "host",
  "content-type",
  "content-length",
  "user-agent",
  "accept",
  "accept-encoding",
  "connection",
  "date",
]);
const mostTexts = 200;
const lists = [",", ";", " ", ", "];
const keys = ["=", ",", ":"];
const lengthsOfDigests = new Map<number, HashAlgorithm>([
  [16, "md5"],
  [20, "sha1"],
  [32, "sha256"],
  [48, "sha384"],
  [64, "sha512"],
]);

/** The algorithm whose digests have this many bytes. */
export function algorithmOf({ length }: Buffer): HashAlgorithm | null {
  return lengthsOfDigests.get(length) ?? null;
}

export function captureReading({ method, url, headers, body }: CapturedRequest): Reading {
  return readingOf({ method, url, headers: (name) => (Object.hasOwn(headers, name) ? (headers[name] ?? null) : null), body });
}

/** Every text of a request that could be a signature, a token, a time or an id: headers first, then query, form and body. */
export function textsIn(request: CapturedRequest): Text[] {
  const reading = captureReading(request);
  const texts: Text[] = [];
  const add = (place: Place, text: string) =>
    texts.length < mostTexts && text !== "" && text.length <= 4_096 && texts.push({ place, text });
  for (const [name, text] of Object.entries(request.headers)) if (!plainHeaders.has(name)) add({ in: "header", name }, text);
  for (const [name, text] of reading.query()) add({ in: "query", name }, text);
  for (const [name, text] of reading.form() ?? []) add({ in: "form", name }, text);
  for (const { path, text } of scalarsIn(reading.json(), "", 3)) add({ in: "body", path }, text);
  return texts;
}

function scalarsIn(value: unknown, path: string, depth: number): { path: string; text: string }[] {
  if (typeof value === "string" || typeof value === "number") return path === "" ? [] : [{ path, text: String(value) }];
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth === 0) return [];
  return Object.entries(value)
    .slice(0, 60)
    .flatMap(([name, each]) => scalarsIn(each, joined(path, name), depth - 1));
}

function joined(path: string, name: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** The signatures that a text may be or hold: whole, behind a prefix, or as items of a list. */
export function digestsIn({ place, text }: Text): Digest[] {
  const whole = digestsOf(text).map((digest) => ({ ...digest, signature: at(place), fields: [] }));
  const prefix = /^(?:[A-Za-z0-9_-]{1,20}(?:=|,|:)|HMAC |[A-Za-z0-9]{1,20} )/.exec(text)?.[0];
  const behind =
    prefix === undefined
      ? []
      : digestsOf(text.slice(prefix.length)).map((digest) => ({
          ...digest,
          signature: { ...at(place), valuePrefix: prefix },
          fields: [],
        }));
  return [...whole, ...behind, ...listsIn({ place, text })];
}

function listsIn({ place, text }: Text): Digest[] {
  return lists.flatMap((item) => {
    const items = text.split(item);
    if (items.length < 2 || items.length > 20) return [];
    return keys.flatMap((key): Digest[] => {
      const pairs = items.map((each) => cut(each, key)).filter((pair) => pair !== null);
      if (key === item.trim() || pairs.length !== items.length) return [];
      const fields = pairs.filter((pair) => digestsOf(pair.text).length === 0);
      return pairs.flatMap(({ name, text: value }) =>
        digestsOf(value).map((digest) => ({ ...digest, fields, signature: { ...at(place), list: { item, key, keys: [name] } } })),
      );
    });
  });
}

function cut(item: string, key: string): { name: string; text: string } | null {
  const index = item.indexOf(key);
  return index <= 0 || index > 20 ? null : { name: item.slice(0, index), text: item.slice(index + key.length) };
}

function at(place: Place): SignaturePlace {
  return { places: [place], valuePrefix: "" };
}

function digestsOf(text: string): { encoding: SignatureEncoding; bytes: Buffer }[] {
  if (text.length < 22 || text.length > 1_100) return [];
  return (["hex", "base64", "base64url"] as const).flatMap((encoding) => {
    const bytes = decodeStrict(text, encoding);
    // Some base64 reads the same in both alphabets: the usual one is taken.
    if (bytes === null || (encoding === "base64url" && decodeStrict(text, "base64") !== null)) return [];
    return [{ encoding, bytes }];
  });
}

/** What looks like a time of this century, to the second, the millisecond or in ISO 8601. */
export function timesIn(texts: Text[], digests: Digest[]): Time[] {
  const found: Time[] = [];
  const add = (from: Time["from"], text: string) => {
    for (const unit of ["s", "ms", "iso8601"] as const) {
      const time = timeOf(text, unit);
      if (time !== null && time > 946_684_800_000 && time < 4_102_444_800_000) found.push({ from, unit, text });
    }
  };
  for (const { fields } of digests) for (const { name, text } of fields) add({ in: "signature", name }, text);
  for (const { place, text } of texts) add(place, text);
  const seen = new Set<string>();
  return found.filter((time) => {
    const name = JSON.stringify(time.from);
    return seen.has(name) ? false : seen.add(name);
  });
}

/** Headers that may name the delivery. */
export function idHeaders(texts: Text[]): string[] {
  return texts
    .flatMap(({ place, text }) => (place.in === "header" && text.length <= 100 ? [place.name] : []))
    .filter((name) => /(?:^|-)(?:id|uuid|delivery|nonce|guid|token)$/.test(name))
    .slice(0, 6);
}
