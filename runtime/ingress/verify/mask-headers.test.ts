import { describe, expect, it } from "vitest";
import { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { maskHeaders } from "./mask-headers.ts";

const recipe = SignatureRecipe.parse({
  kind: "hmac",
  algorithm: "sha256",
  encoding: "hex",
  signature: { places: [{ in: "header", name: "X-Proof" }] },
  signedContent: [{ part: "body" }],
});

describe("maskHeaders", () => {
  it.each([
    "Authorization",
    "Proxy-Authorization",
    "Cookie",
    "Set-Cookie",
    "X-API-Key",
    "X-Auth",
    "CF-Webhook-Auth",
    "X-Gitlab-Token",
    "X-Telegram-Bot-Api-Secret-Token",
    "X-Amzn-Oidc-AccessToken",
    "X-Hook-Secret",
    "X-Hub-Signature-256",
    "Stripe-Signature",
    "X-Shopify-Hmac-SHA256",
    "X-Square-HmacSHA256-Signature",
    "X-CSRF-Token",
    "X-Password",
    "X-Passwd",
    "X-Session",
    "X-JWT",
    "X-Credential",
    "X-Twilio-Sig",
  ])("masks %s, whatever the recipe", (name) => {
    expect(maskHeaders({ [name]: "v3ry s3cret" }, null)).toEqual({ [name.toLowerCase()]: "***" });
    expect(maskHeaders({ [name]: "v3ry s3cret" }, recipe)).toEqual({ [name.toLowerCase()]: "***" });
  });

  it("masks the recipe's signature header, whatever its name", () => {
    expect(maskHeaders({ "x-PROOF": "abc" }, recipe)).toEqual({ "x-proof": "***" });
    expect(maskHeaders({ "x-PROOF": "abc" }, null)).toEqual({ "x-proof": "abc" });
  });

  it.each([
    "content-type",
    "user-agent",
    "webhook-id",
    "idempotency-key",
    "x-idempotency-key",
    "x-github-event",
    "x-request-id",
    "x-keyboard",
    "author",
  ])("leaves %s as it is", (name) => {
    expect(maskHeaders({ [name]: "kept" }, recipe)).toEqual({ [name]: "kept" });
  });

  it("takes a header named __proto__ for data", () => {
    const headers = JSON.parse(`{"__proto__":"x"}`);
    expect(Object.entries(maskHeaders(headers, null))).toEqual([["__proto__", "x"]]);
  });
});
