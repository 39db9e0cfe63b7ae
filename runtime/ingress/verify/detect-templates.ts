import type { SecretDecoding, SignedPart } from "../../../shared/event/signature-recipe.ts";
import type { Time } from "./detect-values.ts";
import { type SecretRule, secretBytes } from "./secret-bytes.ts";

/** A content that providers sign. `time`: the one it holds. */
export type Template = { kind: "hmac" | "hash"; parts: SignedPart[]; time: Time | null };

const body: SignedPart = { part: "body" };
const stamp: SignedPart = { part: "timestamp" };
const method: SignedPart = { part: "method" };
const secret: SignedPart = { part: "secret" };
const form: SignedPart = { part: "form-sorted" };
const url = (...forms: Extract<SignedPart, { part: "url" }>["forms"]): SignedPart => ({ part: "url", forms });
const anyUrl = url("as-is", "with-port", "without-port", "decoded");
const path = url("path");
const literal = (text: string): SignedPart => ({ part: "literal", text });
const bodyHash: SignedPart = { part: "body-hash", algorithm: "sha256", encoding: "hex" };
const separators = [".", "", ":", "|", "\n", "-"];

/** What is worth trying for a request with these times and headers with ids, most likely first. */
export function templatesFor(times: Time[], ids: string[]): Template[] {
  const timeless = [
    [body],
    [anyUrl, body],
    [body, anyUrl],
    [anyUrl, form],
    [method, anyUrl, body],
    [method, path, body],
    [path, body],
    [anyUrl],
    [bodyHash],
    ...ids.flatMap((name) => separators.slice(0, 3).map((by) => [{ part: "header" as const, name }, ...between(by), body])),
  ];
  const hashed = [
    [secret, body],
    [body, secret],
    [secret, method, anyUrl, body],
    [secret, anyUrl, body],
  ];
  return [
    ...timeless.map((parts): Template => ({ kind: "hmac", parts, time: null })),
    ...times.flatMap((time) => timed(ids).map((parts): Template => ({ kind: "hmac", parts, time }))),
    ...hashed.map((parts): Template => ({ kind: "hash", parts, time: null })),
    ...times.flatMap((time) =>
      [
        [secret, stamp, body],
        [stamp, body, secret],
      ].map((parts): Template => ({ kind: "hash", parts, time })),
    ),
  ];
}

function timed(ids: string[]): SignedPart[][] {
  return [
    ...separators.map((by) => [stamp, ...between(by), body]),
    ...separators.slice(0, 3).map((by) => [body, ...between(by), stamp]),
    [literal("v0:"), stamp, literal(":"), body],
    [literal("v1:"), stamp, literal(":"), body],
    ...ids.flatMap((name) => {
      const id: SignedPart = { part: "header", name };
      return separators.slice(0, 4).flatMap((by) => [
        [id, ...between(by), stamp, ...between(by), body],
        [stamp, ...between(by), id, ...between(by), body],
      ]);
    }),
    [method, anyUrl, body, stamp],
    [stamp, method, path, body],
    [stamp, literal("."), method, literal("."), path, literal("."), body],
    [method, path, stamp, body],
    [method, path, body, stamp],
    [stamp, method, path, body].flatMap((part, index) => (index === 0 ? [part] : [literal("\n"), part])),
    [stamp, anyUrl, body],
    [stamp, literal("."), bodyHash],
  ];
}

function between(separator: string): SignedPart[] {
  return separator === "" ? [] : [literal(separator)];
}

export type KeyRule = { rule: SecretRule; bytes: Buffer };

/** The keys that a secret's text may stand for: as written first, then decoded, each with and without a prefix as `whsec_`. */
export function keysOf(text: string): KeyRule[] {
  const prefix = /^[a-z]{2,12}_(?:[a-z]{2,8}_)?/.exec(text)?.[0];
  const rules = ["", ...(prefix === undefined ? [] : [prefix])].flatMap((stripPrefix) =>
    (["utf8", "base64", "hex", "base64url"] as const).map((decode: SecretDecoding) => ({ stripPrefix, decode })),
  );
  const keys = rules.flatMap((rule): KeyRule[] => {
    const bytes = secretBytes(rule, text);
    return bytes === null || bytes.length === 0 ? [] : [{ rule, bytes }];
  });
  const seen = new Set<string>();
  return keys.filter(({ bytes }) => {
    const name = bytes.toString("hex");
    return seen.has(name) ? false : seen.add(name);
  });
}
