import { createHash, createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { HashAlgorithm, HashRecipe, HmacRecipe } from "../../../shared/event/signature-recipe.ts";
import { compileSigned } from "./check-signed.ts";
import { sameBytes } from "./constant-time.ts";
import type { Check, SigningSecret } from "./delivery.ts";
import { secretBytes } from "./secret-bytes.ts";
import type { Chunk } from "./signed-content.ts";

const digestLength: Record<HashAlgorithm, number> = { md5: 16, sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** RFC 2104. */
export function compileHmac(recipe: HmacRecipe, secrets: SigningSecret[]): Check {
  const { algorithm } = recipe;
  return compileSigned<KeyObject>(recipe, secrets, {
    name: `HMAC-${algorithm.toUpperCase()}`,
    length: digestLength[algorithm],
    keyOf(secret) {
      const bytes = secretBytes(recipe.secret, secret);
      return bytes && createSecretKey(bytes);
    },
    matches: (key, content, signatures) => isAmong(digestOf(createHmac(algorithm, key), content), signatures),
  });
}

/** A plain hash over a content that has the secret in it (HubSpot v1 and v2, Mailchimp's older ones). */
export function compileHash(recipe: HashRecipe, secrets: SigningSecret[]): Check {
  const { algorithm } = recipe;
  return compileSigned<Buffer>(recipe, secrets, {
    name: `${algorithm.toUpperCase()} with the secret`,
    length: digestLength[algorithm],
    keyOf: (secret) => secretBytes(recipe.secret, secret),
    inContent: (key) => key,
    matches: (_, content, signatures) => isAmong(digestOf(createHash(algorithm), content), signatures),
  });
}

type Digest = { update(text: string, encoding: "latin1"): unknown; update(bytes: Uint8Array): unknown; digest(): Buffer };

function digestOf(digest: Digest, content: Chunk[]): Buffer {
  for (const chunk of content) {
    if (typeof chunk === "string") digest.update(chunk, "latin1");
    else digest.update(chunk);
  }
  return digest.digest();
}

function isAmong(expected: Buffer, signatures: Buffer[]): boolean {
  return signatures.some((signature) => sameBytes(expected, signature));
}
