import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { type HmacRecipe, SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { compileRecipe, secretProblem } from "./compile-recipe.ts";
import type { SigningSecret } from "./delivery.ts";
import { verifyDelivery } from "./verify-delivery.ts";

const url = "https://hooks.example.test/hooks/1";
const now = 1_795_306_613_000;
const seconds = String(now / 1_000);

/** The shape of Slack and Zoom: `v0=` + hex of `v0:<time>:<body>`. */
const timed = parse({
  kind: "hmac",
  algorithm: "sha256",
  encoding: "hex",
  signature: { places: [{ in: "header", name: "X-ZM-Signature" }], valuePrefix: "v0=" },
  signedContent: [{ part: "literal", text: "v0:" }, { part: "timestamp" }, { part: "literal", text: ":" }, { part: "body" }],
  timestamp: { from: { in: "header", name: "X-ZM-Request-Timestamp" }, unit: "s" },
});

/** The shape of GitHub: `sha256=` + hex of the body, the id in a header that is not signed. */
const bare = parse({
  kind: "hmac",
  algorithm: "sha256",
  encoding: "hex",
  signature: { places: [{ in: "header", name: "X-Hub-Signature-256" }], valuePrefix: "sha256=" },
  signedContent: [{ part: "body" }],
  dedupe: { candidates: [{ in: "header", name: "X-GitHub-Delivery" }] },
});

/** The shape of Standard Webhooks, one signature: base64 of `<id>.<time>.<body>`, the secret base64 after `whsec_`. */
const standard = parse({
  kind: "hmac",
  algorithm: "sha256",
  encoding: "base64",
  signature: { places: [{ in: "header", name: "webhook-signature" }], valuePrefix: "v1," },
  signedContent: [
    { part: "header", name: "webhook-id" },
    { part: "literal", text: "." },
    { part: "timestamp" },
    { part: "literal", text: "." },
    { part: "body" },
  ],
  timestamp: { from: { in: "header", name: "webhook-timestamp" }, unit: "s" },
  secret: { stripPrefix: "whsec_", decode: "base64" },
  dedupe: { candidates: [{ in: "header", name: "webhook-id" }] },
});
const standardSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("verifyDelivery", () => {
  it("accepts the example that Slack publishes", () => {
    // https://api.slack.com/authentication/verifying-requests-from-slack
    const headers = {
      "x-zm-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
      "x-zm-request-timestamp": "1531420618",
    };
    const body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    expect(verify(timed, headers, body, { secret: "8f742231b10e8888abcd99yyyzzz85a5", at: 1_531_420_618_000 })).toEqual(accepted);
  });

  it("accepts the example that GitHub publishes", () => {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    const headers = { "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" };
    expect(verify(bare, headers, "Hello, World!", { secret: "It's a Secret to Everybody" })).toEqual(accepted);
  });

  it("accepts the example that Standard Webhooks publishes", () => {
    // https://github.com/standard-webhooks/standard-webhooks, the verification example of the libraries
    const headers = {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };
    expect(verify(standard, headers, `{"test": 2432232314}`, { secret: standardSecret, at: 1_614_265_330_000 })).toEqual({
      outcome: "accepted",
      dedupeKey: "header:webhook-id:msg_p5jXN8AQM9LWM0D4loKWxJek",
      verifiedBy: "HMAC-SHA256 in webhook-signature",
    });
  });

  it.each([
    ["sha1", "hex"],
    ["sha256", "base64"],
    ["sha512", "hex"],
    ["sha512", "base64"],
  ] as const)("accepts %s as %s", (algorithm, encoding) => {
    const recipe = { ...bare, algorithm, encoding };
    const signature = createHmac(algorithm, "s3cret").update("{}").digest(encoding);
    expect(verify(recipe, { "x-hub-signature-256": `sha256=${signature}` }, "{}")).toEqual(accepted);
  });

  it("signs the bytes of a header that is not ASCII as they were sent", () => {
    const recipe = parse({ ...bare, signedContent: [{ part: "header", name: "x-name" }, { part: "body" }] });
    const sent = Buffer.from("Zoë", "utf8");
    const signature = createHmac("sha256", "s3cret").update(sent).update("{}").digest("hex");
    const headers = { "x-name": sent.toString("latin1"), "x-hub-signature-256": `sha256=${signature}` };
    expect(verify(recipe, headers, "{}")).toEqual(accepted);
  });

  it("signs a literal that is not ASCII as UTF-8", () => {
    const recipe = parse({ ...bare, signedContent: [{ part: "literal", text: "é:" }, { part: "body" }] });
    expect(verify(recipe, { "x-hub-signature-256": `sha256=${hex("é:{}")}` }, "{}")).toEqual(accepted);
  });

  it("takes a secret that was pasted without the prefix that is stripped", () => {
    const bareSecret = standardSecret.slice("whsec_".length);
    expect(verify(standard, signStandard("{}"), "{}", { secret: bareSecret })).toMatchObject({ outcome: "accepted" });
  });

  it("takes the key by the recipe's stated rule", () => {
    const key = Buffer.from("00ff10", "hex");
    const signature = createHmac("sha256", key).update("{}").digest("hex");
    const headers = { "x-hub-signature-256": `sha256=${signature}` };
    const recipe = { ...bare, secret: { stripPrefix: "", decode: "hex" as const } };
    expect(verify(recipe, headers, "{}", { secret: "00ff10" })).toEqual(accepted);
    expect(verify(bare, headers, "{}", { secret: "00ff10" })).toMatchObject({ reason: "signature_mismatch" });
  });
});

describe("verifyDelivery: a secret that cannot verify anything (S1)", () => {
  it.each([
    ["none", bare, []],
    ["an empty one", bare, [""]],
    ["white space", bare, [" \n\t"]],
    ["only the prefix that is stripped", standard, ["whsec_"]],
    ["text that is no base64", standard, ["whsec_not base64!"]],
    ["hex of odd length", { ...bare, secret: { stripPrefix: "", decode: "hex" as const } }, ["abc"]],
  ])("refuses every delivery when the secret is %s", (_, recipe, texts) => {
    const compiled = compileRecipe(
      recipe,
      texts.map((secret) => ({ secret, expiresAt: null })),
    );
    for (const secret of ["", ...texts]) {
      const signature = createHmac("sha256", secret).update("{}").digest("hex");
      const delivery = {
        method: "POST",
        url,
        headers: lookup({ "x-hub-signature-256": `sha256=${signature}` }),
        body: Buffer.from("{}"),
      };
      expect(verifyDelivery(compiled, delivery, now)).toEqual({ outcome: "refused", reason: "secret_missing", header: null });
    }
  });

  it.each([
    [bare, "s3cret", null],
    [standard, standardSecret, null],
    [bare, "  ", "the secret is empty"],
    [standard, "whsec_", `the secret must be base64 after "whsec_"`],
    [standard, "whsec_%%%", `the secret must be base64 after "whsec_"`],
    [{ ...bare, secret: { stripPrefix: "", decode: "hex" as const } }, "xyz", "the secret must be hex"],
    [{ ...bare, secret: { stripPrefix: "k_", decode: "utf8" as const } }, "k_", `the secret has nothing after "k_"`],
  ])("says what is wrong with a secret before it is set (%#)", (recipe, secret, problem) => {
    expect(secretProblem(recipe, secret)).toBe(problem);
  });
});

describe("verifyDelivery: rotation (S11)", () => {
  const secrets: SigningSecret[] = [
    { secret: "new", expiresAt: null },
    { secret: "old", expiresAt: now },
  ];
  const compiled = compileRecipe(bare, secrets);
  const signedWith = (secret: string) => ({
    method: "POST",
    url,
    headers: lookup({ "x-hub-signature-256": `sha256=${hex("{}", secret)}` }),
    body: Buffer.from("{}"),
  });

  it.each([
    ["the current secret", "new", now, "accepted"],
    ["the previous one while it lasts", "old", now - 1, "accepted"],
    ["the previous one from its end on", "old", now, "signature_mismatch"],
    ["another one", "older", now - 1, "signature_mismatch"],
  ])("judges a signature with %s", (_, secret, at, expected) => {
    const result = verifyDelivery(compiled, signedWith(secret), at);
    expect(result.outcome === "refused" ? result.reason : result.outcome).toBe(expected);
  });

  it("refuses everything once the last secret has expired", () => {
    const expired = compileRecipe(bare, [{ secret: "old", expiresAt: now }]);
    expect(verifyDelivery(expired, signedWith("old"), now)).toMatchObject({ reason: "secret_missing" });
  });
});

describe("verifyDelivery: the signature header", () => {
  const right = hex("{}");

  it.each([
    ["S2 absent", undefined, "missing_header"],
    ["S2 empty", "", "missing_header"],
    ["S2 only the prefix", "sha256=", "bad_encoding"],
    ["S2 without the prefix", right, "bad_prefix"],
    ["the prefix in upper case", `SHA256=${right}`, "bad_prefix"],
    ["S4 cut to one byte", "sha256=ab", "bad_encoding"],
    ["S4 odd length", `sha256=${right.slice(1)}`, "bad_encoding"],
    ["S4 a space before", `sha256= ${right}`, "bad_encoding"],
    ["S4 a space behind", `sha256=${right} `, "bad_encoding"],
    ["S4 a letter beyond f", `sha256=${right.slice(0, -1)}g`, "bad_encoding"],
    ["S4 a digit of another script", `sha256=${right.slice(0, -1)}\u0661`, "bad_encoding"],
    ["another algorithm's length", `sha256=${right}${right}`, "bad_encoding"],
    ["S5 upper-case hex", `sha256=${right.toUpperCase()}`, "accepted"],
    ["S6 another scheme's prefix", `sha1=${right}`, "bad_prefix"],
    ["S7 64 KB", `sha256=${"a".repeat(65_536)}`, "header_too_long"],
    ["S7 4,097 characters", `sha256=${"a".repeat(4_090)}`, "header_too_long"],
    ["S7 4,096 characters", `sha256=${"a".repeat(4_089)}`, "bad_encoding"],
    ["S12 good, then bad", `sha256=${right}, sha256=${"0".repeat(64)}`, "duplicate_header"],
    ["S12 bad, then good", `sha256=${"0".repeat(64)}, sha256=${right}`, "duplicate_header"],
    ["S12 twice the same", `sha256=${right}, sha256=${right}`, "duplicate_header"],
    ["S12 first without the prefix", `x, sha256=${right}`, "duplicate_header"],
  ])("judges %s", (_, value, expected) => {
    const result = verify(bare, value === undefined ? {} : { "x-hub-signature-256": value }, "{}");
    if (expected === "accepted") expect(result).toEqual(accepted);
    else expect(result).toEqual({ outcome: "refused", reason: expected, header: "x-hub-signature-256" });
  });

  const digest = createHmac("sha256", "s3cret").update("{}").digest();
  const base64 = digest.toString("base64");

  it.each([
    ["strict base64", base64, "accepted"],
    ["S4 without padding", base64.slice(0, -1), "bad_encoding"],
    ["S4 too much padding", `${base64}=`, "bad_encoding"],
    ["S4 the URL alphabet", digest.toString("base64url"), "bad_encoding"],
    ["S4 characters that decoders skip", `!!!!${base64}`, "bad_encoding"],
    ["S4 a line break inside", `${base64.slice(0, 4)}\n${base64.slice(4)}`, "bad_encoding"],
    ["spare bits that are not zero", `${base64.slice(0, -2)}${nextLetter(base64.at(-2))}=`, "bad_encoding"],
    ["hex instead", digest.toString("hex"), "bad_encoding"],
    ["nothing but padding", "====", "bad_encoding"],
  ])("judges base64: %s", (_, value, expected) => {
    const result = verify({ ...bare, encoding: "base64" }, { "x-hub-signature-256": `sha256=${value}` }, "{}");
    expect(result.outcome === "refused" ? result.reason : result.outcome).toBe(expected);
  });

  it("accepts a bare signature when the recipe has no prefix", () => {
    const recipe: HmacRecipe = { ...bare, signature: { places: [{ in: "header", name: "Sig" }], valuePrefix: "" } };
    expect(verify(recipe, { sig: right }, "{}")).toEqual(accepted);
    expect(verify(recipe, { sig: `${right}, ${right}` }, "{}")).toMatchObject({ reason: "duplicate_header" });
  });

  it("takes a comma inside the prefix for what it is (S6: only v1 counts)", () => {
    const headers = signStandard("{}");
    expect(verify(standard, headers, "{}", { secret: standardSecret })).toMatchObject({ outcome: "accepted" });
    const downgraded = { ...headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,") };
    expect(verify(standard, downgraded, "{}", { secret: standardSecret })).toMatchObject({ reason: "bad_prefix" });
  });
});

describe("verifyDelivery: what is signed", () => {
  const body = `{"amount":1.0,"name":"a"}`;
  const headers = { "x-hub-signature-256": `sha256=${hex(body)}` };

  it.each([
    ["one byte flipped", `{"amount":1.0,"name":"b"}`],
    ["written anew: 1.0 as 1", `{"amount":1,"name":"a"}`],
    ["written anew: keys in another order", `{"name":"a","amount":1.0}`],
    ["a line break added", `${body}\n`],
    ["empty", ""],
  ])("refuses a body that is %s (S3)", (_, changed) => {
    expect(verify(bare, headers, body)).toEqual(accepted);
    expect(verify(bare, headers, changed)).toEqual({
      outcome: "refused",
      reason: "signature_mismatch",
      header: "x-hub-signature-256",
    });
  });

  it.each(["webhook-id", "webhook-timestamp"] as const)(
    "refuses a delivery without its signed %s, never reading it as empty (S15)",
    (name) => {
      const signed = signStandard("{}", { [name]: "" });
      const { [name]: _, ...without } = signed;
      for (const sent of [signed, without])
        expect(verify(standard, sent, "{}", { secret: standardSecret })).toEqual({
          outcome: "refused",
          reason: "missing_header",
          header: name,
        });
    },
  );

  it("refuses a signed id that was exchanged (S10)", () => {
    const signed = { ...signStandard("{}"), "webhook-id": "msg_2" };
    expect(verify(standard, signed, "{}", { secret: standardSecret })).toMatchObject({ reason: "signature_mismatch" });
  });

  it("refuses a signed header that is too long", () => {
    const signed = signStandard("{}", { "webhook-id": "m".repeat(4_097) });
    expect(verify(standard, signed, "{}", { secret: standardSecret })).toMatchObject({
      reason: "header_too_long",
      header: "webhook-id",
    });
  });

  it("refuses a delivery that lacks a required header before anything is computed", () => {
    const recipe = { ...bare, requiredHeaders: ["X-GitHub-Event"] };
    expect(verify(recipe, headers, body)).toEqual({ outcome: "refused", reason: "missing_header", header: "x-github-event" });
    expect(verify(recipe, { ...headers, "x-github-event": "push" }, body)).toEqual(accepted);
  });

  it("refuses a timestamp part without a timestamp rule, which no parsed recipe has", () => {
    const { timestamp: _, ...unruled } = timed;
    const signed = { "x-zm-signature": `v0=${hex("v0::{}")}` };
    expect(verify(unruled, signed, "{}")).toMatchObject({ reason: "bad_timestamp" });
  });
});

describe("verifyDelivery: the timestamp (S8)", () => {
  it.each([
    ["now", 0, "accepted"],
    ["300 s ago", -300, "accepted"],
    ["301 s ago", -301, "timestamp_too_old"],
    ["in 300 s", 300, "accepted"],
    ["in 301 s", 301, "timestamp_in_future"],
  ])("judges one of %s", (_, offset, expected) => {
    expect(outcomeAt(String(now / 1_000 + offset))).toBe(expected);
  });

  it.each([
    ["", "missing_header"],
    ["0", "timestamp_too_old"],
    ["1e9", "bad_timestamp"],
    ["0x6b02", "bad_timestamp"],
    [` ${seconds}`, "bad_timestamp"],
    [`${seconds} `, "bad_timestamp"],
    [`${seconds}\n`, "bad_timestamp"],
    [`+${seconds}`, "bad_timestamp"],
    [`-${seconds}`, "bad_timestamp"],
    [`${seconds}.0`, "bad_timestamp"],
    [`${seconds}, ${seconds}`, "bad_timestamp"],
    ["NaN", "bad_timestamp"],
    ["Infinity", "bad_timestamp"],
    ["9".repeat(30), "bad_timestamp"],
    ["9".repeat(17), "bad_timestamp"],
    ["9".repeat(16), "timestamp_in_future"],
    [String(now), "timestamp_in_future"],
    ["1".repeat(5_000), "header_too_long"],
  ])("refuses %j", (text, expected) => {
    expect(outcomeAt(text)).toBe(expected);
  });

  it("reads milliseconds when the recipe says so, and its own tolerances", () => {
    const recipe = parse({
      ...timed,
      timestamp: {
        from: { in: "header", name: "x-zm-request-timestamp" },
        unit: "ms",
        tolerancePastMs: 2_000,
        toleranceFutureMs: 0,
      },
    });
    expect(outcomeAt(String(now), recipe)).toBe("accepted");
    expect(outcomeAt(String(now - 2_000), recipe)).toBe("accepted");
    expect(outcomeAt(String(now - 2_001), recipe)).toBe("timestamp_too_old");
    expect(outcomeAt(String(now + 1), recipe)).toBe("timestamp_in_future");
    expect(outcomeAt(seconds, recipe)).toBe("timestamp_too_old");
  });

  /** Each timestamp is signed as it is, so that only the rule can refuse it. */
  function outcomeAt(text: string, recipe: HmacRecipe = timed): string {
    const headers = { "x-zm-signature": `v0=${hex(`v0:${text}:{}`)}`, "x-zm-request-timestamp": text };
    const result = verify(recipe, headers, "{}");
    return result.outcome === "refused" ? result.reason : result.outcome;
  }
});

const accepted = { outcome: "accepted", dedupeKey: null, verifiedBy: expect.stringContaining("HMAC-") };

function parse(recipe: z.input<typeof HmacRecipe>): HmacRecipe {
  return SignatureRecipe.parse(recipe) as HmacRecipe;
}

function lookup(headers: Record<string, string>) {
  return (name: string) => headers[name] ?? null;
}

function hex(content: string, secret = "s3cret"): string {
  return createHmac("sha256", secret).update(content).digest("hex");
}

function nextLetter(letter: string | undefined): string {
  return String.fromCharCode((letter ?? "A").charCodeAt(0) + 1);
}

function signStandard(body: string, changed: Record<string, string> = {}) {
  const headers = { "webhook-id": "msg_1", "webhook-timestamp": seconds, ...changed };
  const key = Buffer.from(standardSecret.slice("whsec_".length), "base64");
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return { ...headers, "webhook-signature": `v1,${createHmac("sha256", key).update(content).digest("base64")}` };
}

function verify(
  recipe: SignatureRecipe,
  headers: Record<string, string>,
  body: string,
  options: { secret?: string; at?: number } = {},
) {
  const compiled = compileRecipe(recipe, [{ secret: options.secret ?? "s3cret", expiresAt: null }]);
  return verifyDelivery(compiled, { method: "POST", url, headers: lookup(headers), body: Buffer.from(body) }, options.at ?? now);
}
