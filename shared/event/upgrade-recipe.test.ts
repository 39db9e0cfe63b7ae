import { describe, expect, it } from "vitest";
import { SignatureRecipe } from "./signature-recipe.ts";

/** As version 0.4 stored it. */
const stored = {
  kind: "hmac",
  algorithm: "sha256",
  encoding: "hex",
  signature: { header: "x-zm-signature", valuePrefix: "v0=" },
  signedContent: [{ part: "timestamp" }, { part: "body" }],
  timestamp: { header: "x-zm-request-timestamp", unit: "s", tolerancePastMs: 90_000, toleranceFutureMs: 0 },
  secret: { stripPrefix: "whsec_", decode: "base64" },
  requiredHeaders: ["x-id"],
  dedupe: { candidates: [{ in: "body", path: "id" }], windowMs: 60_000 },
};

describe("a stored recipe", () => {
  it("of version 0.4 is read in the shape of now, with nothing else changed", () => {
    expect(SignatureRecipe.parse(stored)).toEqual({
      ...stored,
      signature: { places: [{ in: "header", name: "x-zm-signature" }], valuePrefix: "v0=" },
      timestamp: {
        from: { in: "header", name: "x-zm-request-timestamp" },
        unit: "s",
        tolerancePastMs: 90_000,
        toleranceFutureMs: 0,
      },
    });
  });

  it("stays as it is once it was read", () => {
    const read = SignatureRecipe.parse(stored);
    expect(SignatureRecipe.parse(JSON.parse(JSON.stringify(read)))).toEqual(read);
  });

  it.each([null, "hmac", [], { kind: "hmac", signature: null }])("that is none (%j) is refused, not thrown at", (value) => {
    expect(SignatureRecipe.safeParse(value).success).toBe(false);
  });
});
