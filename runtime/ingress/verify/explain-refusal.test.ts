import { describe, expect, it } from "vitest";
import { RefusalReason, SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { explainRefusal } from "./explain-refusal.ts";

const full = SignatureRecipe.parse({
  kind: "hmac",
  algorithm: "sha256",
  encoding: "base64",
  signature: { places: [{ in: "header", name: "Webhook-Signature" }], valuePrefix: "v1," },
  signedContent: [
    { part: "header", name: "Webhook-Id" },
    { part: "literal", text: "." },
    { part: "timestamp" },
    { part: "body" },
  ],
  timestamp: { from: { in: "header", name: "Webhook-Timestamp" }, unit: "ms", tolerancePastMs: 90_000, toleranceFutureMs: 1_500 },
  secret: { stripPrefix: "whsec_", decode: "base64" },
  requiredHeaders: ["Webhook-Id", "Content-Type"],
});
const plain = SignatureRecipe.parse({
  kind: "hmac",
  algorithm: "sha1",
  encoding: "hex",
  signature: { places: [{ in: "header", name: "X-Sig" }] },
  signedContent: [{ part: "body" }],
});

describe("explainRefusal", () => {
  it.each<[RefusalReason, string[], string[]]>([
    ["secret_missing", ["base64", `"whsec_"`], ["used as written"]],
    ["missing_header", ["Webhook-Signature, Webhook-Timestamp, Webhook-Id, Content-Type", "proxy"], ["the recipe needs X-Sig."]],
    ["duplicate_header", ["Webhook-Signature", "more than once"], ["X-Sig"]],
    ["header_too_long", ["Webhook-Signature", "4 KB"], ["X-Sig"]],
    ["bad_prefix", ["Webhook-Signature", `"v1,"`], ["X-Sig"]],
    ["bad_encoding", ["Webhook-Signature", "base64", "sha256"], ["X-Sig", "hex", "sha1"]],
    ["bad_timestamp", ["Webhook-Timestamp", "milliseconds"], ["The timestamp must", "seconds"]],
    ["timestamp_too_old", ["Webhook-Timestamp", "90 s", "milliseconds", "clock"], ["0 s"]],
    ["timestamp_in_future", ["Webhook-Timestamp", "1.5 s", "clock"], ["0 s"]],
    [
      "signature_mismatch",
      ["Webhook-Signature", "sha256", `the header Webhook-Id + "." + the timestamp + the raw body`],
      ["X-Sig", "sha1", "the raw body with"],
    ],
  ])("names header and rule for %s", (reason, inFull, inPlain) => {
    for (const words of inFull) expect(explainRefusal(reason, full)).toContain(words);
    for (const words of inPlain) expect(explainRefusal(reason, plain)).toContain(words);
  });

  it("names the header at fault when the refusal does", () => {
    expect(explainRefusal("missing_header", full, "webhook-id")).toContain("The header webhook-id is missing");
    expect(explainRefusal("header_too_long", full, "webhook-id")).toContain("The value of webhook-id is longer");
  });

  it.each(RefusalReason.options)("says %s in whole sentences", (reason) => {
    for (const recipe of [full, plain]) expect(explainRefusal(reason, recipe)).toMatch(/^[A-Z].*[.]$/);
  });
});
