import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HmacRecipe } from "../../../shared/event/signature-recipe.ts";
import { compileRecipe } from "./compile-recipe.ts";
import { verifyDelivery } from "./verify-delivery.ts";

const now = 1_795_306_613_000;

/** Recipes of every shape; the secret is used as written, so that the signer below needs no code of ours. */
const anyRecipe = fc.record({
  kind: fc.constant("hmac" as const),
  algorithm: fc.constantFrom("sha1", "sha256", "sha384", "sha512"),
  encoding: fc.constantFrom("hex", "base64", "base64url"),
  signature: fc.record({
    places: fc.constant([{ in: "header" as const, name: "X-Sig" }]),
    valuePrefix: fc.constantFrom("", "v0=", "v1,", "sha256="),
  }),
  signedContent: fc
    .array(
      fc.oneof(
        fc.record({ part: fc.constant("literal" as const), text: fc.string({ maxLength: 5 }) }),
        fc.constant({ part: "timestamp" as const }),
        fc.constant({ part: "header" as const, name: "X-Id" }),
      ),
      { maxLength: 4 },
    )
    .chain((parts) =>
      // Time and body are always signed, at any place: else changing them could not be noticed.
      fc.shuffledSubarray([...parts, { part: "timestamp" as const }, { part: "body" as const }], { minLength: parts.length + 2 }),
    ),
  timestamp: fc.record({
    from: fc.constant({ in: "header" as const, name: "X-Time" }),
    unit: fc.constantFrom("s", "ms"),
    tolerancePastMs: fc.constant(300_000),
    toleranceFutureMs: fc.constant(300_000),
  }),
  secret: fc.constant({ stripPrefix: "", decode: "utf8" as const }),
  requiredHeaders: fc.constant([]),
}) satisfies fc.Arbitrary<HmacRecipe>;

const anyDelivery = fc.record({
  recipe: anyRecipe,
  secret: fc.string({ minLength: 1, maxLength: 40 }).filter((secret) => secret.trim() !== ""),
  body: fc.uint8Array({ minLength: 1, maxLength: 200 }),
  id: fc.stringMatching(/^[\x21-\x7e]{1,30}$/),
  ageMs: fc.integer({ min: -299_000, max: 299_000 }),
});
type AnyDelivery = typeof anyDelivery extends fc.Arbitrary<infer D> ? D : never;

describe("any recipe", () => {
  it("accepts every delivery that is signed by it", () => {
    fc.assert(
      fc.property(anyDelivery, (input) => {
        expect(verify(input, sign(input))).toMatchObject({ outcome: "accepted", dedupeKey: null });
      }),
      { numRuns: 500 },
    );
  });

  it("refuses it after a change of any one byte of body, signature or timestamp", () => {
    fc.assert(
      fc.property(
        anyDelivery,
        fc.constantFrom("body", "signature", "time"),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (input, where, at, mask) => {
          const signed = sign(input);
          const changed = { ...signed, [where]: flip(signed[where], at, mask) };
          // Hex means the same in both cases: that is the one change which is none.
          fc.pre(input.recipe.encoding !== "hex" || !sameHex(input.recipe, signed.signature, changed.signature));
          expect(verify(input, changed)).toMatchObject({ outcome: "refused" });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("refuses it when it was signed with any other secret", () => {
    fc.assert(
      fc.property(anyDelivery, fc.string({ minLength: 1, maxLength: 40 }), (input, other) => {
        fc.pre(hmacKey(other) !== hmacKey(input.secret));
        expect(verify(input, sign({ ...input, secret: other }))).toMatchObject({ reason: "signature_mismatch" });
      }),
    );
  });
});

type Signed = { body: Buffer; signature: Buffer; time: Buffer };

function sign({ recipe, secret, body, id, ageMs }: AnyDelivery): Signed {
  const time = String(recipe.timestamp.unit === "s" ? Math.floor((now - ageMs) / 1_000) : now - ageMs);
  const content = recipe.signedContent.map((part) =>
    part.part === "body" ? body : Buffer.from(part.part === "literal" ? part.text : part.part === "header" ? id : time),
  );
  const digest = createHmac(recipe.algorithm, secret).update(Buffer.concat(content)).digest(recipe.encoding);
  return { body: Buffer.from(body), signature: Buffer.from(recipe.signature.valuePrefix + digest), time: Buffer.from(time) };
}

function verify({ recipe, secret, id }: AnyDelivery, { body, signature, time }: Signed) {
  const headers: Record<string, string> = {
    "x-sig": signature.toString("latin1"),
    "x-time": time.toString("latin1"),
    "x-id": id,
  };
  const compiled = compileRecipe(recipe, [{ secret, expiresAt: null }]);
  return verifyDelivery(
    compiled,
    { method: "POST", url: "https://hooks.example.test/hooks/1", headers: (name) => headers[name] ?? null, body },
    now,
  );
}

function flip(bytes: Buffer, at: number, mask: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ mask;
  return changed;
}

function sameHex(recipe: HmacRecipe, left: Buffer, right: Buffer): boolean {
  const { length } = recipe.signature.valuePrefix;
  const prefixSame = left.subarray(0, length).equals(right.subarray(0, length));
  const hexOf = (value: Buffer) => value.toString("latin1", length).toLowerCase();
  return !left.equals(right) && prefixSame && hexOf(left) === hexOf(right);
}

/** HMAC pads short keys with zeros (RFC 2104, 2), so these are the same key. */
function hmacKey(secret: string): string {
  return secret.replace(/\0+$/, "");
}
