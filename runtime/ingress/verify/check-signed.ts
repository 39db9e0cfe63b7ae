import { describePlaces } from "../../../shared/event/describe-recipe.ts";
import type { SigningRecipe } from "../../../shared/event/signature-recipe.ts";
import { compileBodyHash } from "./body-hash.ts";
import { decodeStrict } from "./constant-time.ts";
import { type Check, type Refused, refused, type SigningSecret, type Verified } from "./delivery.ts";
import { compilePreconditions } from "./preconditions.ts";
import { readingOf } from "./reading.ts";
import { type Chunk, compileSignedContent, type Read } from "./signed-content.ts";
import { compileSignedValue, type SignedValue } from "./signed-value.ts";
import { compileTimestamp } from "./timestamp.ts";

/** How one kind of signature is proved. `K`: a secret made ready. */
export type Scheme<K> = {
  /** In words, e.g. `HMAC-SHA256`. */
  name: string;
  /** Null: the secret's text holds no key. */
  keyOf(secret: string): K | null;
  /** Bytes of a signature; undefined where it varies. */
  length: number | undefined;
  /** Of the recipes that have the secret in their content. */
  inContent?(key: K): Uint8Array;
  /** Is any of these a signature of the content? */
  matches(key: K, content: Chunk[], signatures: Buffer[]): boolean;
};

type Ready<K> = { key: K; expiresAt: number | null; verified: Verified };

/**
 * Prepares a recipe that signs a content for the hot path. A secret that is blank or cannot be decoded gives no key, and without a
 * key every delivery is refused with `secret_missing`.
 */
export function compileSigned<K>(recipe: SigningRecipe, secrets: SigningSecret[], scheme: Scheme<K>): Check {
  const check = compileWithKeys(recipe, scheme);
  const by = `${scheme.name} in ${describePlaces(recipe.signature.places)}`;
  const keys = secrets.flatMap(({ secret, expiresAt }, index): Ready<K>[] => {
    const key = scheme.keyOf(secret);
    const verified = { outcome: "verified" as const, by: index === 0 ? by : `${by}, previous secret` };
    return key === null ? [] : [{ key, expiresAt, verified }];
  });
  return (delivery, now) => {
    const valid = keys.every(({ expiresAt }) => expiresAt === null) ? keys : keys.filter((key) => isValid(key.expiresAt, now));
    return valid.length === 0 ? refused("secret_missing") : check(delivery, now, valid);
  };
}

/** The same with the keys given at each check: those of a certificate. */
export function compileWithKeys<K>(recipe: SigningRecipe, scheme: Scheme<K>) {
  const precondition = compilePreconditions(recipe);
  const signatureOf = compileSignedValue(recipe.signature);
  const timestampOf = recipe.timestamp ? compileTimestamp(recipe.timestamp) : null;
  const bodyHash = recipe.bodyHash ? compileBodyHash(recipe.bodyHash) : null;
  const content = compileSignedContent(recipe);
  return (delivery: Parameters<Check>[0], now: number, keys: Ready<K>[]): Verified | Refused => {
    const unmet = precondition(delivery);
    if (unmet) return unmet;
    const reading = readingOf(delivery);
    const signature = signatureOf(reading);
    if ("outcome" in signature) return signature;
    const signatures = decoded(recipe, signature, scheme.length);
    if (!Array.isArray(signatures)) return signatures;
    const timestamp = timestampOf ? timestampOf(reading, signature, now) : null;
    if (timestamp !== null && "outcome" in timestamp) return timestamp;
    const wrongHash = bodyHash?.(reading);
    if (wrongHash) return wrongHash;
    const read: Read = { reading, signature, timestamp };
    for (let form = 0; form < content.forms; form += 1) {
      const shared = scheme.inContent ? null : content.chunks(read, null, form);
      for (const { key, verified } of keys) {
        const chunks = shared ?? content.chunks(read, scheme.inContent?.(key) ?? null, form);
        if (!Array.isArray(chunks)) return chunks;
        if (scheme.matches(key, chunks, signatures)) return verified;
      }
    }
    return refused("signature_mismatch", signature.header);
  };
}

function decoded({ encoding }: SigningRecipe, { texts, header }: SignedValue, length: number | undefined): Buffer[] | Refused {
  const signatures: Buffer[] = [];
  for (const { text } of texts) {
    const bytes = decodeStrict(text, encoding, length);
    if (bytes !== null && bytes.length > 0) signatures.push(bytes);
  }
  return signatures.length > 0 ? signatures : refused("bad_encoding", header);
}

function isValid(expiresAt: number | null, now: number): boolean {
  return expiresAt === null || now < expiresAt;
}
