import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { providerNamed } from "../../../shared/event/providers/providers.ts";
import { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { cpuMs } from "../../testing/cpu-ms.ts";
import { testCertificate } from "../../testing/test-certificate.ts";
import { compileRecipe, secretProblem } from "./compile-recipe.ts";
import type { Refused } from "./delivery.ts";
import { type SignedRequest, signDelivery } from "./sign-delivery.ts";
import { verifyDelivery } from "./verify-delivery.ts";

// S1 to S8, S10, S12 and S15 of HMACs in headers are in verify-delivery.test.ts; here are those of the other schemes.
const now = 1_795_306_613_000;
const url = "https://hooks.example.test/hooks/hook_1?a=b";
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

type Sent = { method?: string; url: string; headers: Record<string, string>; body: string | Buffer };

describe("attack cases", () => {
  it.each(["stripe", "twilio", "hubspot-v2", "gitlab", "livekit", "discord", "sendgrid", "wise", "plaid"])(
    "S1: %s refuses every delivery without a usable secret, and says so before one is set",
    (key) => {
      for (const text of ["", " \n", "\t"]) {
        expect(secretProblem(recipeOf(key), text)).not.toBeNull();
        expect(judge(key, { url, headers: {}, body: "{}" }, { secret: text })).toMatchObject({ reason: "secret_missing" });
      }
    },
  );

  it.each([
    ["t=0,v0=abc", "bad_prefix"],
    ["", "missing_header"],
    ["v1=", "bad_encoding"],
    ["t=1,v1=abc", "bad_encoding"],
    ["t=1,v1=zz", "bad_encoding"],
  ])("S2, S4, S6: Stripe's header %j is refused", (value, reason) => {
    expect(judge("stripe", { url, headers: { "stripe-signature": value }, body: "{}" })).toMatchObject({
      outcome: "refused",
      reason,
    });
  });

  it("S4: padding, spaces and lists within one value never throw", () => {
    const right = signed("shopify", "{}").headers["x-shopify-hmac-sha256"] ?? "";
    for (const value of [right.slice(0, -1), `${right}=`, ` ${right}`, `${right} `, right.slice(0, 2), "=", "\0", "é".repeat(44)])
      expect(judge("shopify", { url, headers: { "x-shopify-hmac-sha256": value }, body: "{}" })).toMatchObject({
        outcome: "refused",
      });
  });

  it("S5: upper-case hex of a right signature is accepted", () => {
    const request = signed("stripe", "{}");
    const value = request.headers["stripe-signature"]?.replace(/v1=.*/, (found) => `v1=${found.slice(3).toUpperCase()}`) ?? "";
    expect(judge("stripe", { ...request, headers: { "stripe-signature": value } })).toMatchObject({ outcome: "accepted" });
  });

  it("S6: a Standard Webhooks header with only an Ed25519 item (v1a) is no signature of an HMAC", () => {
    const request = signed("standard-webhooks", "{}");
    const value = request.headers["webhook-signature"]?.replace("v1,", "v1a,") ?? "";
    const result = judge("standard-webhooks", { ...request, headers: { ...request.headers, "webhook-signature": value } });
    expect(result).toMatchObject({ reason: "bad_prefix" });
  });

  it("S7: ten thousand items or 64 KB cost nothing; twenty items are read, of which any may match", () => {
    const request = signed("stripe", "{}");
    const right = request.headers["stripe-signature"] ?? "";
    const wrong = `v1=${"0".repeat(64)}`;
    const took = cpuMs(() => {
      for (const value of [`t=1,${"v1=0,".repeat(10_000)}`, `t=1,v1=${"0".repeat(65_536)}`])
        expect(judge("stripe", { ...request, headers: { "stripe-signature": value } })).toMatchObject({
          reason: "header_too_long",
        });
      const short = `t=1,${"v1=0,".repeat(700)}`;
      expect(judge("stripe", { ...request, headers: { "stripe-signature": short } })).toMatchObject({ reason: "too_many_items" });
    });
    expect(took).toBeLessThan(50);
    const [time, last] = right.split(",");
    const twenty = [time, ...Array.from({ length: 18 }, () => wrong), last].join(",");
    expect(judge("stripe", { ...request, headers: { "stripe-signature": twenty } })).toMatchObject({ outcome: "accepted" });
  });

  it.each(["-301", "+301", "0", "", "1e9", "0x6b02", " 1795306613", "NaN", "9".repeat(30), "1795306613000"])(
    "S8: a timestamp %j within the signature is refused, however right the signature",
    (text) => {
      const time = /^[-+]301$/.test(text) ? String(now / 1_000 + Number(text)) : text;
      const digest = createHmac("sha256", secret).update(`${time}.{}`).digest("hex");
      const result = judge("stripe", { url, headers: { "stripe-signature": `t=${time},v1=${digest}` }, body: "{}" });
      expect(result).toMatchObject({ outcome: "refused", reason: expect.stringMatching(/timestamp/) });
    },
  );

  it.each(["2026-11-22T00:16:53", "22 Nov 2026", "1795306613", "2026-13-45T00:00:00Z", "2026-11-22T00:16:53Z\n"])(
    "S8: %j is no time in ISO 8601 with its zone",
    (time) => {
      const digest = createHmac("sha256", secret).update(`${time}{}`).digest("base64");
      const headers = { "x-zendesk-webhook-signature": digest, "x-zendesk-webhook-signature-timestamp": time };
      expect(judge("zendesk", { url, headers, body: "{}" })).toMatchObject({ reason: "bad_timestamp" });
    },
  );

  it("S10: a signed id that was exchanged is refused; one that is not signed changes the event's key only", () => {
    const standard = signed("standard-webhooks", "{}");
    const changed = { ...standard, headers: { ...standard.headers, "webhook-id": "msg_2" } };
    expect(judge("standard-webhooks", changed)).toMatchObject({ reason: "signature_mismatch" });
    const github = signed("github", "{}");
    const other = { ...github, headers: { ...github.headers, "x-github-delivery": "other" } };
    expect(judge("github", other)).toMatchObject({ outcome: "accepted", dedupeKey: "header:x-github-delivery:other" });
    // A recipe of one's own may ask for the body's hash instead.
    const bodyHash = createHash("sha256").update("{}").digest("base64url");
    for (const request of [github, other])
      expect(judge("meta", request)).toMatchObject({ outcome: "accepted", dedupeKey: `body-hash:${bodyHash}` });
  });

  it("S12: a signature header sent twice is refused where there is no list, in either order", () => {
    const request = signed("shopify", "{}");
    const right = request.headers["x-shopify-hmac-sha256"] ?? "";
    for (const value of [`${right}, AAAA`, `AAAA, ${right}`, `${right}, ${right}`])
      expect(judge("shopify", { ...request, headers: { "x-shopify-hmac-sha256": value } })).toMatchObject({
        reason: "duplicate_header",
      });
    const twice = { ...signed("stripe", "{}") };
    const value = twice.headers["stripe-signature"] ?? "";
    expect(judge("stripe", { ...twice, headers: { "stripe-signature": `t=1,${value}` } })).toMatchObject({
      reason: "duplicate_header",
    });
  });

  it("S12: a signature in the query that was sent twice is refused", () => {
    const recipe = SignatureRecipe.parse({
      kind: "hmac",
      algorithm: "sha256",
      encoding: "hex",
      signature: { places: [{ in: "query", name: "sig" }] },
      signedContent: [{ part: "body" }],
    });
    const digest = createHmac("sha256", secret).update("{}").digest("hex");
    const check = (query: string) => judge(recipe, { url: `https://h.test/?${query}`, headers: {}, body: "{}" });
    expect(check(`sig=${digest}`)).toMatchObject({ outcome: "accepted" });
    expect(check(`sig=${digest}&sig=00`)).toMatchObject({ reason: "duplicate_header" });
    expect(check("sig=")).toMatchObject({ reason: "missing_value" });
  });

  it.each(["pspReference", "amount.value", "success"])(
    "S15: Adyen's signed field %s is missing: refused, never read as empty",
    (field) => {
      const item: Record<string, unknown> = {
        pspReference: "1",
        merchantAccountCode: "A",
        merchantReference: "m",
        eventCode: "E",
        success: "true",
      };
      item.amount = { value: 1, currency: "EUR" };
      const content = ["1", "", "A", "m", 1, "EUR", "E", "true"].join(":");
      const key = "00FF".repeat(16);
      const digest = (text: string) => createHmac("sha256", Buffer.from(key, "hex")).update(text).digest("base64");
      const body = (signature: string, from = item) =>
        JSON.stringify({
          notificationItems: [{ NotificationRequestItem: { ...from, additionalData: { hmacSignature: signature } } }],
        });
      expect(judge("adyen", { url, headers: {}, body: body(digest(content)) }, { secret: key })).toMatchObject({
        outcome: "accepted",
      });
      const without = JSON.parse(JSON.stringify(item));
      if (field === "amount.value") delete without.amount.value;
      else delete without[field];
      const emptied = content.replace({ pspReference: /^1/, "amount.value": /1(?=:EUR)/, success: /true$/ }[field] ?? "", "");
      expect(judge("adyen", { url, headers: {}, body: body(digest(emptied), without) }, { secret: key })).toMatchObject({
        reason: "missing_value",
      });
    },
  );

  it.each(["square", "twilio", "trello", "hubspot"])(
    "S16: %s is verified over the configured URL, whatever Host and forwarding headers say",
    (key) => {
      const elsewhere = "https://evil.example.test/hooks/hook_1?a=b";
      const headers = { host: "evil.example.test", "x-forwarded-host": "evil.example.test", forwarded: "host=evil.example.test" };
      const forged = signed(key, "[{}]", { url: elsewhere });
      expect(
        judge(key, { ...forged, url: forged.url.replace("evil", "hooks"), headers: { ...forged.headers, ...headers } }),
      ).toMatchObject({
        reason: "signature_mismatch",
      });
      const real = signed(key, "[{}]");
      expect(judge(key, { ...real, headers: { ...real.headers, ...headers } })).toMatchObject({ outcome: "accepted" });
    },
  );

  it("S16: Twilio's URL counts with and without its port; another port does not", () => {
    const request = signed("twilio", "A=1", { url: "https://hooks.example.test:443/hooks/hook_1", form: true });
    expect(judge("twilio", { ...request, url: "https://hooks.example.test/hooks/hook_1" })).toMatchObject({
      outcome: "accepted",
    });
    expect(judge("twilio", { ...request, url: "https://hooks.example.test/hooks/hook_2" })).toMatchObject({
      reason: "signature_mismatch",
    });
  });

  it.each<[string, string, "accepted" | "signature_mismatch"]>([
    ["in another order", "To=%2B1&Body=a+b", "accepted"],
    ["with %20 for +", "Body=a%20b&To=%2B1", "accepted"],
    ["with a field sent twice alike", "Body=a+b&To=%2B1&To=%2B1", "accepted"],
    ["with a field more", "Body=a+b&To=%2B1&X=1", "signature_mismatch"],
    ["with a field less", "Body=a+b", "signature_mismatch"],
    ["with a second value", "Body=a+b&To=%2B1&To=%2B2", "signature_mismatch"],
    ["with a changed value", "Body=a+c&To=%2B1", "signature_mismatch"],
    ["empty", "", "signature_mismatch"],
  ])("S17: Twilio's form %s", (_, body, expected) => {
    const request = signed("twilio", "Body=a+b&To=%2B1", { form: true });
    const result = judge("twilio", { ...request, body });
    expect(result.outcome === "refused" ? result.reason : result.outcome).toBe(expected);
  });

  it.each(["twilio", "mandrill"])(
    "S17: a form of 100,000 fields is refused by %s's hook before anything is sorted, one of 5,000 is read",
    (key) => {
      const body = (fields: number) =>
        Buffer.from(Array.from({ length: fields }, (_, index) => `k${index}=${index % 9}`).join("&"));
      const headers: Record<string, string> = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": Buffer.alloc(20, 1).toString("base64"),
        "x-mandrill-signature": Buffer.alloc(20, 1).toString("base64"),
      };
      const delivery = {
        method: "POST",
        url: "https://example.com/hooks/h",
        headers: (name: string) => headers[name] ?? null,
        body,
      };
      const compiled = compileRecipe(recipeOf(key), [{ secret: "a secret", expiresAt: null }]);
      const reasonOf = (fields: number) => verifyDelivery(compiled, { ...delivery, body: body(fields) }, now);
      expect(reasonOf(100_000)).toMatchObject({ reason: "too_many_items" });
      const took = [1, 2, 3].map(() => cpuMs(() => expect(reasonOf(5_000)).toMatchObject({ reason: "signature_mismatch" })));
      // Compared field by field it was a quarter of a second, each time.
      expect(Math.min(...took)).toBeLessThan(150);
    },
  );

  it("S17: Twilio's JSON is covered by the hash in the URL, and calling it a form does not help", () => {
    const request = signed("twilio", `{"a":1}`);
    expect(judge("twilio", request)).toMatchObject({ outcome: "accepted" });
    expect(judge("twilio", { ...request, body: `{"a":2}` })).toMatchObject({ reason: "body_hash_mismatch" });
    const asForm = { ...request.headers, "content-type": "application/x-www-form-urlencoded" };
    expect(judge("twilio", { ...request, headers: asForm, body: "" })).toMatchObject({ reason: "body_hash_mismatch" });
    const unhashed = signed("twilio", "", { form: true });
    expect(
      judge("twilio", { ...unhashed, headers: { ...unhashed.headers, "content-type": "application/json" }, body: "{}" }),
    ).toMatchObject({
      reason: "missing_value",
    });
  });
});

describe("S18: a JWT", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const foreign = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const pem = String(rsa.publicKey.export({ format: "pem", type: "spki" }));
  const recipe = SignatureRecipe.parse({
    kind: "jwt",
    algorithm: "RS256",
    signature: { places: [{ in: "header", name: "authorization" }], valuePrefix: "Bearer " },
    partial: true,
    issuer: "me",
  });
  const iat = now / 1_000;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const rs256 = (header: object, claims: object, key = rsa.privateKey) => {
    const content = `${part({ alg: "RS256", ...header })}.${part(claims)}`;
    return `${content}.${sign("sha256", Buffer.from(content), key).toString("base64url")}`;
  };
  const claims = { iss: "me", iat };
  const asJwks = JSON.stringify({ keys: [{ ...rsa.publicKey.export({ format: "jwk" }), kid: "a" }] });
  const unsigned = `${part({ alg: "none" })}.${part(claims)}`;
  const confused = `${part({ alg: "HS256" })}.${part(claims)}`;

  it.each<[string, string, string, string]>([
    ["right, by PEM", pem, rs256({}, claims), "accepted"],
    ["right, by a JWK set", asJwks, rs256({ kid: "a" }, claims), "accepted"],
    ["alg none without signature", pem, `${unsigned}.`, "bad_token"],
    ["alg none with some signature", pem, `${unsigned}.AAAA`, "bad_token"],
    [
      "HS256 with the public key as secret",
      pem,
      `${confused}.${createHmac("sha256", pem).update(confused).digest("base64url")}`,
      "bad_token",
    ],
    ["with a foreign kid", asJwks, rs256({ kid: "b" }, claims), "signature_mismatch"],
    [
      "by a foreign key that it brings along",
      pem,
      rs256({ jwk: foreign.publicKey.export({ format: "jwk" }) }, claims, foreign.privateKey),
      "signature_mismatch",
    ],
    ["with a jku", pem, rs256({ jku: "https://evil.test/jwks" }, claims, foreign.privateKey), "signature_mismatch"],
    ["with an x5u", pem, rs256({ x5u: "https://evil.test/cert" }, claims, foreign.privateKey), "signature_mismatch"],
    ["with a critical extension", pem, rs256({ crit: ["x"], x: 1 }, claims), "bad_token"],
    ["of another issuer", pem, rs256({}, { ...claims, iss: "you" }), "bad_token"],
    ["too old", pem, rs256({}, { ...claims, iat: iat - 301 }), "timestamp_too_old"],
    ["of the future", pem, rs256({}, { ...claims, iat: iat + 301 }), "timestamp_in_future"],
    ["expired", pem, rs256({}, { ...claims, exp: iat }), "timestamp_too_old"],
    ["not yet valid", pem, rs256({}, { ...claims, nbf: iat + 301 }), "timestamp_in_future"],
    ["without a time", pem, rs256({}, { iss: "me" }), "bad_timestamp"],
    ["with a time that is text", pem, rs256({}, { ...claims, iat: String(iat) }), "bad_timestamp"],
    ["of two parts", pem, rs256({}, claims).split(".").slice(0, 2).join("."), "bad_token"],
    ["that is no JWT", pem, "x.y.z", "bad_token"],
    ["changed by one letter", pem, rs256({}, claims).replace(/\..{3}/, ".AAA"), "bad_token"],
  ])("%s", (_, key, token, expected) => {
    const result = judge(recipe, { url, headers: { authorization: `Bearer ${token}` }, body: "{}" }, { secret: key });
    expect(result.outcome === "refused" ? result.reason : result.outcome).toBe(expected);
  });

  it("takes no public key as the secret of an HMAC, and no short RSA key", () => {
    const shared = SignatureRecipe.parse({ ...recipe, algorithm: "HS256" });
    expect(secretProblem(shared, pem)).toContain("a public key cannot be one");
    expect(secretProblem(shared, asJwks)).toContain("a public key cannot be one");
    const short = generateKeyPairSync("rsa", { modulusLength: 1_024 }).publicKey.export({ format: "pem", type: "spki" });
    expect(secretProblem(recipe, String(short))).toContain("public key for RS256");
    expect(secretProblem(recipe, pem)).toBeNull();
  });

  it("whose claim is another body's hash is refused", () => {
    const request = signed("livekit", `{"id":"1"}`);
    expect(judge("livekit", request)).toMatchObject({ outcome: "accepted" });
    expect(judge("livekit", { ...request, body: `{"id":"2"}` })).toMatchObject({ reason: "body_hash_mismatch" });
  });
});

describe("S19: the URL of a certificate", () => {
  const sent = (certificate: string) => ({
    url,
    headers: {},
    body: JSON.stringify({ SigningCertURL: certificate, Signature: "AAAA" }),
  });
  const urlOf = (certificate: string) => compileRecipe(recipeOf("aws-sns"), []).certificateUrl(deliveryOf(sent(certificate)));

  it.each(["https://sns.eu-west-1.amazonaws.com/cert.pem", "https://sns.cn-north-1.amazonaws.com.cn/cert.pem"])(
    "%s is fetched",
    (text) => {
      expect(String(urlOf(text))).toBe(text);
    },
  );

  it.each([
    "https://sns.amazonaws.com.evil.tld/cert.pem",
    "https://sns.eu-west-1.amazonaws.com.evil.tld/cert.pem",
    "http://sns.eu-west-1.amazonaws.com/cert.pem",
    "https://sns.eu-west-1.amazonaws.com@evil.tld/cert.pem",
    "https://user:pass@sns.eu-west-1.amazonaws.com/cert.pem",
    "https://sns.eu-west-1.amazonaws.com:8443/cert.pem",
    "https://sns.eu-west-1.amazonaws.com\\@evil.tld/cert.pem",
    "https://evil.tld/?sns.eu-west-1.amazonaws.com",
    "https://sns.s3.amazonaws.com/cert.pem",
    "https://bucket.s3.amazonaws.com/cert.pem",
    "https://evilsns.eu-west-1.amazonaws.com/cert.pem",
    "https://sns.eu-west-1.amazonaws.com.\tevil.tld/",
    "https://sns.eu-west-1.amazonaws.com/?Action=Echo&Text=-----BEGIN",
    "https://127.0.0.1/cert.pem",
    "file:///etc/passwd",
    "//sns.eu-west-1.amazonaws.com/cert.pem",
    "no url",
  ])("%j is refused before any fetch", (text) => {
    expect(urlOf(text)).toMatchObject({ outcome: "refused", reason: "certificate_refused" });
  });

  it("is asked of recipes with a certificate alone", () => {
    expect(compileRecipe(recipeOf("stripe"), []).certificateUrl(deliveryOf(sent("https://x")))).toBeNull();
  });

  it("gives a certificate that must be one, valid now, with a strong RSA key", () => {
    const message = { Message: "m", MessageId: "1", Timestamp: new Date(now).toISOString(), TopicArn: "t", Type: "Notification" };
    const content = Object.entries(message)
      .map(([name, value]) => `${name}\n${value}\n`)
      .join("");
    const signature = sign("sha256", Buffer.from(content), testCertificate.privateKey).toString("base64");
    const body = JSON.stringify({
      ...message,
      Signature: signature,
      SigningCertURL: "https://sns.eu-west-1.amazonaws.com/c.pem",
    });
    const compiled = compileRecipe(recipeOf("aws-sns"), []);
    const check = (certificate: string | undefined, at = now) =>
      verifyDelivery(compiled, deliveryOf({ url, headers: {}, body }), at, certificate);
    expect(check(testCertificate.certificate)).toMatchObject({ outcome: "accepted", dedupeKey: "body:MessageId:1" });
    expect(check(undefined)).toMatchObject({ reason: "certificate_unavailable" });
    expect(check("<html>")).toMatchObject({ reason: "certificate_refused" });
    expect(check(testCertificate.certificate, Date.UTC(2121, 0))).toMatchObject({ reason: "certificate_refused" });
    expect(check(testCertificate.certificate, Date.UTC(2019, 0))).toMatchObject({ reason: "certificate_refused" });
  });
});

function recipeOf(key: string): SignatureRecipe {
  const recipe = providerNamed(key)?.recipe;
  expect(recipe).toBeDefined();
  return SignatureRecipe.parse(recipe);
}

function signed(key: string, body: string, { url: to = url, form = false } = {}): Sent & SignedRequest {
  const headers = { "content-type": form ? "application/x-www-form-urlencoded" : "application/json" };
  const request = { method: "POST", url: to, headers, body: Buffer.from(body), id: "id-1" };
  const result = signDelivery(recipeOf(key), secret, request, now);
  expect(result).not.toBeNull();
  return { ...request, ...result, body };
}

function deliveryOf({ method = "POST", url: to, headers, body }: Sent) {
  return { method, url: to, headers: (name: string) => headers[name] ?? null, body: Buffer.from(body) };
}

function judge(recipe: string | SignatureRecipe, sent: Sent, { secret: text = secret } = {}): { outcome: "accepted" } | Refused {
  const compiled = compileRecipe(typeof recipe === "string" ? recipeOf(recipe) : recipe, [{ secret: text, expiresAt: null }]);
  return verifyDelivery(compiled, deliveryOf(sent), now);
}
