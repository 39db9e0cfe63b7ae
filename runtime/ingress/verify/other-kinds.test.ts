import { createHmac, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { needsSecret } from "../../../shared/event/needs-secret.ts";
import { providerNamed } from "../../../shared/event/providers/providers.ts";
import { type BasicRecipe, SignatureRecipe, type TokenRecipe } from "../../../shared/event/signature-recipe.ts";
import { compileRecipe, secretProblem } from "./compile-recipe.ts";
import type { Delivery } from "./delivery.ts";
import { maskHeaders, maskQuery } from "./mask-headers.ts";
import { signDelivery } from "./sign-delivery.ts";
import { verifyDelivery } from "./verify-delivery.ts";

const now = 1_795_306_613_000;
const url = "https://hooks.example.test/hooks/hook_1";

type Sent = { headers?: Record<string, string>; body?: string; url?: string };

/** While the new secret takes the place of the old one, which counts until `expiresAt`. */
function judgeReplaced(recipe: SignatureRecipe, delivery: Delivery, [secret, old, expiresAt]: [string, string, number]) {
  const secrets = [
    { secret, expiresAt: null },
    { secret: old, expiresAt },
  ];
  return verifyDelivery(compileRecipe(recipe, secrets), delivery, now);
}

describe("a shared token", () => {
  const recipe = token({ signature: { places: [{ in: "header", name: "X-Token" }] } });

  it.each([
    ["right", "s3cret", "accepted"],
    ["another of the same length", "s3creT", "token_mismatch"],
    ["a beginning of it", "s3cre", "token_mismatch"],
    ["with a blank", "s3cret ", "token_mismatch"],
    ["sent twice", "s3cret, s3cret", "duplicate_header"],
    ["empty", "", "missing_header"],
  ])("that is %s", (_, value, expected) => {
    expect(judge(recipe, { headers: { "x-token": value } })).toBe(expected);
  });

  it("in the body of each item of a list counts only when every item has it", () => {
    const graph = recipeOf("microsoft-graph");
    const body = (...states: (string | null)[]) =>
      JSON.stringify({ value: states.map((clientState, id) => ({ id: String(id), clientState })) });
    expect(judge(graph, { body: body("s3cret", "s3cret") })).toBe("accepted");
    expect(judge(graph, { body: body("s3cret", "other") })).toBe("token_mismatch");
    expect(judge(graph, { body: body("s3cret", null) })).toBe("missing_value");
    expect(judge(graph, { body: body() })).toBe("missing_value");
    expect(judge(graph, { body: `{"value":{}}` })).toBe("missing_value");
    expect(judge(graph, { body: "" })).toBe("missing_value");
  });

  it("in a form field, or in the query, is masked in what is stored", () => {
    const inQuery = token({ signature: { places: [{ in: "query", name: "who" }] } });
    expect(judge(inQuery, { url: `${url}?who=s3cret` })).toBe("accepted");
    expect(maskQuery({ who: ["s3cret"], page: ["1"] }, inQuery)).toEqual({ who: "***", page: "1" });
    expect(maskHeaders({ "X-TOKEN": "s3cret" }, recipe)).toEqual({ "x-token": "***" });
    const inForm = token({ signature: { places: [{ in: "form", name: "token" }] } });
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    expect(judge(inForm, { headers, body: "a=1&token=s3cret" })).toBe("accepted");
    expect(judge(inForm, { headers: { "content-type": "text/plain" }, body: "a=1&token=s3cret" })).toBe("missing_value");
  });

  it("is taken from the previous secret while that lasts, and says so", () => {
    const secrets = [
      { secret: "new", expiresAt: null },
      { secret: "old", expiresAt: now },
    ];
    const delivery = deliveryOf({ headers: { "x-token": "old" } });
    expect(verifyDelivery(compileRecipe(recipe, secrets), delivery, now - 1)).toMatchObject({
      verifiedBy: "token in X-Token, previous secret",
    });
    expect(verifyDelivery(compileRecipe(recipe, secrets), delivery, now)).toMatchObject({ reason: "token_mismatch" });
  });
});

describe("user and password", () => {
  const recipe = SignatureRecipe.parse({ kind: "basic" } satisfies z.input<typeof BasicRecipe>);
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  it.each([
    [`Basic ${base64("me:pässword")}`, "accepted"],
    [`bASIC ${base64("me:pässword")}`, "accepted"],
    [`Basic ${base64("me:password")}`, "token_mismatch"],
    [`Basic ${base64("me:pässword").slice(0, -1)}`, "bad_encoding"],
    [`Basic ${base64("me:pässword")} x`, "bad_prefix"],
    [`Bearer ${base64("me:pässword")}`, "bad_prefix"],
    ["", "missing_header"],
  ])("in %j", (authorization, expected) => {
    expect(judge(recipe, { headers: { authorization } }, "me:pässword")).toBe(expected);
  });

  it("that are being replaced count while they last", () => {
    const delivery = deliveryOf({ headers: { authorization: `Basic ${base64("me:old")}` } });
    const judgeAt = (expiresAt: number) => judgeReplaced(recipe, delivery, ["me:new", "me:old", expiresAt]);
    expect(judgeAt(now + 1)).toMatchObject({ verifiedBy: expect.stringContaining("previous secret") });
    expect(judgeAt(now)).toMatchObject({ reason: "token_mismatch" });
  });

  it("must be both", () => {
    expect(secretProblem(recipe, "password")).toBe("the secret must be user:password");
  });
});

describe("a JWT", () => {
  const recipe = SignatureRecipe.parse({
    ...{ kind: "jwt", algorithm: "HS256", partial: true, audience: "us" },
    signature: { places: [{ in: "header", name: "authorization" }] },
  });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (claims: object, secret = "s3cret") => {
    const content = `${part({ alg: "HS256" })}.${part({ iat: now / 1_000, ...claims })}`;
    return { authorization: `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}` };
  };

  it.each<[object, string]>([
    [{ aud: "us" }, "accepted"],
    [{ aud: ["them", "us"] }, "accepted"],
    [{ aud: "them" }, "bad_token"],
    [{ aud: ["them"] }, "bad_token"],
    [{}, "bad_token"],
  ])("is for whom its recipe says: %j", (claims, expected) => {
    expect(judge(recipe, { headers: token(claims) })).toBe(expected);
  });

  it("by the previous secret counts while that lasts", () => {
    const delivery = deliveryOf({ headers: token({ aud: "us" }, "old") });
    const judgeAt = (expiresAt: number) => judgeReplaced(recipe, delivery, ["new", "old", expiresAt]);
    expect(judgeAt(now + 1)).toMatchObject({ verifiedBy: expect.stringContaining("previous secret") });
    expect(judgeAt(now)).toMatchObject({ reason: "signature_mismatch" });
  });
});

it("takes no RSA key that can be factored", () => {
  const key = (modulusLength: number) =>
    String(generateKeyPairSync("rsa", { modulusLength }).publicKey.export({ format: "pem", type: "spki" }));
  expect(secretProblem(recipeOf("wise"), key(1_024))).toContain("2,048 bits");
  expect(secretProblem(recipeOf("wise"), key(2_048))).toBeNull();
});

describe("other rules", () => {
  it("takes any delivery where the hook URL is the secret, which needs no other", () => {
    const recipe = SignatureRecipe.parse({ kind: "url-secret", contentTypes: ["application/json"] });
    expect(needsSecret(recipe)).toBe(false);
    expect(secretProblem(recipe, "")).toBeNull();
    const headers = { "content-type": "Application/JSON; charset=utf-8" };
    expect(judge(recipe, { headers }, null)).toBe("accepted");
    expect(judge(recipe, { headers: { "content-type": "text/plain" } }, null)).toBe("wrong_content_type");
    expect(judge(recipe, {}, null)).toBe("wrong_content_type");
  });

  it("takes either of two headers, as Box signs with two keys", () => {
    const recipe = recipeOf("box");
    const sign = (secret: string) =>
      signDelivery(recipe, secret, { method: "POST", url, headers: {}, body: Buffer.from("{}"), id: "1" }, now)?.headers ?? {};
    const [first, second] = [sign("one"), sign("two")];
    const headers: Record<string, string> = { ...first, "box-signature-secondary": second["box-signature-primary"] ?? "" };
    expect(judge(recipe, { headers }, "one")).toBe("accepted");
    expect(judge(recipe, { headers }, "two")).toBe("accepted");
    expect(judge(recipe, { headers }, "three")).toBe("signature_mismatch");
    const { "box-signature-primary": _, ...only } = headers;
    expect(judge(recipe, { headers: only }, "two")).toBe("accepted");
    expect(judge(recipe, { headers: { "box-delivery-timestamp": first["box-delivery-timestamp"] ?? "" } }, "two")).toBe(
      "missing_header",
    );
  });

  it("signs numbers in the body as they were written", () => {
    const recipe = SignatureRecipe.parse({
      kind: "hmac",
      algorithm: "sha256",
      encoding: "hex",
      signature: { places: [{ in: "header", name: "sig" }] },
      signedContent: [
        { part: "value", path: "a" },
        { part: "literal", text: "|" },
        { part: "value", path: "b.c", before: "(", after: ")", missing: "skip" },
      ],
      partial: true,
    });
    for (const body of [`{"a":1.0,"b":{"c":12345678901234567890}}`, `{"a":-0}`, `{"a":1e3,"b":{}}`, `{"a":true,"b":{"c":"x"}}`]) {
      const signed = signDelivery(recipe, "s3cret", { method: "POST", url, headers: {}, body: Buffer.from(body), id: "1" }, now);
      expect(judge(recipe, { body, headers: signed?.headers ?? {} })).toBe("accepted");
      const rounded = JSON.stringify(JSON.parse(body));
      if (rounded.replace(/[ "]/g, "") !== body.replace(/[ "]/g, ""))
        expect(judge(recipe, { body: rounded, headers: signed?.headers ?? {} })).toBe("signature_mismatch");
    }
  });

  it.each(["discord", "sendgrid", "wise", "telnyx"])("says what the key of %s must be, whatever text is given", (key) => {
    const wrong = generateKeyPairSync("x25519").publicKey.export({ format: "pem", type: "spki" });
    for (const text of ["s3cret", "AAAA", "{}", String(wrong), "0".repeat(64).slice(1)])
      expect(secretProblem(recipeOf(key), text)).toContain("must be the provider's");
  });
});

function token(recipe: Omit<z.input<typeof TokenRecipe>, "kind">): SignatureRecipe {
  return SignatureRecipe.parse({ kind: "token", ...recipe });
}

function recipeOf(key: string): SignatureRecipe {
  return SignatureRecipe.parse(providerNamed(key)?.recipe);
}

function deliveryOf({ headers = {}, body = "{}", url: to = url }: Sent) {
  return { method: "POST", url: to, headers: (name: string) => headers[name] ?? null, body: Buffer.from(body) };
}

function judge(recipe: SignatureRecipe, sent: Sent, secret: string | null = "s3cret"): string {
  const compiled = compileRecipe(recipe, secret === null ? [] : [{ secret, expiresAt: null }]);
  const result = verifyDelivery(compiled, deliveryOf(sent), now);
  return result.outcome === "refused" ? result.reason : result.outcome;
}
