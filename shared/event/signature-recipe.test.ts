import { describe, expect, it } from "vitest";
import { RefusalReason, SignatureRecipe } from "./signature-recipe.ts";

const least = {
  kind: "hmac",
  algorithm: "sha256",
  encoding: "hex",
  signature: { places: [{ in: "header", name: "X-Sig" }] },
  signedContent: [{ part: "body" }],
};
const timestamp = { from: { in: "header", name: "X-Time" }, unit: "s" };

describe("SignatureRecipe", () => {
  it("fills in what a provider need not say", () => {
    expect(SignatureRecipe.parse({ ...least, timestamp, dedupe: { candidates: [{ in: "header", name: "X-Id" }] } })).toEqual({
      ...least,
      signature: { places: [{ in: "header", name: "X-Sig" }], valuePrefix: "" },
      timestamp: { ...timestamp, tolerancePastMs: 300_000, toleranceFutureMs: 300_000 },
      secret: { stripPrefix: "", decode: "utf8" },
      requiredHeaders: [],
      dedupe: { candidates: [{ in: "header", name: "X-Id" }], windowMs: 7 * 86_400_000 },
    });
  });

  it("reads back what it wrote", () => {
    const recipe = SignatureRecipe.parse({ ...least, timestamp });
    expect(SignatureRecipe.parse(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
  });

  it.each([
    ["a timestamp part without a timestamp rule", { signedContent: [{ part: "timestamp" }, { part: "body" }] }, "timestamp"],
    ["content without the body", { signedContent: [{ part: "header", name: "X-Id" }] }, "signedContent"],
    ["no content", { signedContent: [] }, "signedContent"],
    ["thirty-one parts", { signedContent: Array.from({ length: 31 }, () => ({ part: "body" })) }, "signedContent"],
    ["an unknown part", { signedContent: [{ part: "body" }, { part: "host" }] }, "signedContent.1.part"],
    ["another kind", { kind: "none" }, "kind"],
    ["a broken algorithm", { algorithm: "md5" }, "algorithm"],
    ["another encoding", { encoding: "base32" }, "encoding"],
    ["a header name with a space", { signature: { places: [{ in: "header", name: "X Sig" }] } }, "signature.places.0.name"],
    [
      "a header name with a line break",
      { signature: { places: [{ in: "header", name: "X-Sig\n" }] } },
      "signature.places.0.name",
    ],
    ["a header name with a colon", { requiredHeaders: ["X-Sig:"] }, "requiredHeaders.0"],
    ["an empty header name", { timestamp: { ...timestamp, from: { in: "header", name: "" } } }, "timestamp.from.name"],
    ["no tolerance at all", { timestamp: { ...timestamp, tolerancePastMs: 0 } }, "timestamp.tolerancePastMs"],
    ["a tolerance without end", { timestamp: { ...timestamp, toleranceFutureMs: 86_400_001 } }, "timestamp.toleranceFutureMs"],
    ["a unit of its own", { timestamp: { ...timestamp, unit: "min" } }, "timestamp.unit"],
    ["no candidate for the id", { dedupe: { candidates: [] } }, "dedupe.candidates"],
    [
      "a window shorter than a minute",
      { dedupe: { candidates: [{ in: "body", path: "id" }], windowMs: 59_999 } },
      "dedupe.windowMs",
    ],
  ])("refuses %s, naming the field", (_, change, field) => {
    const parsed = SignatureRecipe.safeParse({ ...least, ...change });
    expect([...new Set(parsed.error?.issues.map(({ path }) => path.join(".")))]).toEqual([field]);
  });

  it("takes a timestamp part with its rule", () => {
    const recipe = {
      ...least,
      timestamp,
      signedContent: [{ part: "timestamp" }, { part: "literal", text: "." }, { part: "body" }],
    };
    expect(SignatureRecipe.safeParse(recipe).success).toBe(true);
  });
});

it("names every reason of a refusal once", () => {
  expect(new Set(RefusalReason.options).size).toBe(RefusalReason.options.length);
});
