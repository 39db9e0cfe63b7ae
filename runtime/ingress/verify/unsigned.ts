import { describePlaces } from "../../../shared/event/describe-recipe.ts";
import type { BasicRecipe, TokenRecipe, UrlSecretRecipe } from "../../../shared/event/signature-recipe.ts";
import { readPath } from "../../../shared/flow/expression.ts";
import { decodeStrict, sameBytes } from "./constant-time.ts";
import { type Check, type Delivery, type Refused, refused, type SigningSecret, type Verified } from "./delivery.ts";
import { compilePreconditions } from "./preconditions.ts";
import { pathOf, type Reading, readHeader, readingOf, type Value } from "./reading.ts";
import { secretBytes } from "./secret-bytes.ts";
import { compileSignedValue } from "./signed-value.ts";

type Ready = { bytes: Buffer; expiresAt: number | null; verified: Verified };

/** Equality with a shared token; with `each`, of every item of a list in the body. */
export function compileToken(recipe: TokenRecipe, secrets: SigningSecret[]): Check {
  const precondition = compilePreconditions(recipe);
  const tokenOf = compileSignedValue(recipe.signature);
  const each = recipe.each === undefined ? null : recipe.each === "" ? [] : pathOf(recipe.each);
  const tokens = ready(secrets, `token in ${describePlaces(recipe.signature.places)}`, (secret) =>
    secretBytes(recipe.secret, secret),
  );
  const match = (reading: Reading, valid: Ready[]): Verified | Refused => {
    const value = tokenOf(reading);
    if ("outcome" in value) return value;
    const found = valid.find(({ bytes }) => value.texts.some((text) => sameBytes(bytesOf(text), bytes)));
    return found?.verified ?? refused("token_mismatch", value.header);
  };
  return (delivery, now) => {
    const valid = tokens.filter(({ expiresAt }) => expiresAt === null || now < expiresAt);
    if (valid.length === 0) return refused("secret_missing");
    const unmet = precondition(delivery);
    if (unmet) return unmet;
    const reading = readingOf(delivery);
    if (each === null) return match(reading, valid);
    const items = readPath({ body: reading.json() }, ["body", ...each]);
    // An empty list proves nothing.
    if (!Array.isArray(items) || items.length === 0) return refused("missing_value");
    let verified: Verified | Refused = refused("missing_value");
    for (const item of items) {
      verified = match({ ...reading, json: () => item }, valid);
      if (verified.outcome === "refused") return verified;
    }
    return verified;
  };
}

/** RFC 7617: `Basic` in any case, then strict base64 of `user:password`. */
export function compileBasic(recipe: BasicRecipe, secrets: SigningSecret[]): Check {
  const precondition = compilePreconditions(recipe);
  const credentials = ready(secrets, "user and password in authorization", basicBytes);
  return (delivery, now) => {
    const valid = credentials.filter(({ expiresAt }) => expiresAt === null || now < expiresAt);
    if (valid.length === 0) return refused("secret_missing");
    return precondition(delivery) ?? matchBasic(delivery, valid);
  };
}

/** The bytes of `user:password`; null when the text is none. */
export function basicBytes(secret: string): Buffer | null {
  return secret.trim() !== "" && secret.includes(":") ? Buffer.from(secret, "utf8") : null;
}

/** Whoever knows the hook URL may post: its random part is the secret, so there is nothing else to compare. */
export function compileUrlSecret(recipe: UrlSecretRecipe): Check {
  const precondition = compilePreconditions(recipe);
  const verified: Verified = { outcome: "verified", by: "the secret part of the hook URL" };
  return (delivery) => precondition(delivery) ?? verified;
}

function matchBasic(delivery: Delivery, valid: Ready[]): Verified | Refused {
  const value = readHeader(delivery, "authorization");
  if ("outcome" in value) return value;
  const text = /^basic +([^ ]+)$/i.exec(value.text)?.[1];
  if (text === undefined) return refused("bad_prefix", "authorization");
  const bytes = decodeStrict(text, "base64");
  if (bytes === null) return refused("bad_encoding", "authorization");
  return valid.find((credential) => sameBytes(credential.bytes, bytes))?.verified ?? refused("token_mismatch", "authorization");
}

function ready(secrets: SigningSecret[], by: string, bytesIn: (secret: string) => Buffer | null): Ready[] {
  return secrets.flatMap(({ secret, expiresAt }, index) => {
    const bytes = bytesIn(secret);
    const verified = { outcome: "verified" as const, by: index === 0 ? by : `${by}, previous secret` };
    return bytes === null ? [] : [{ bytes, expiresAt, verified }];
  });
}

function bytesOf({ text, latin1 }: Value): Buffer {
  return Buffer.from(text, latin1 ? "latin1" : "utf8");
}
