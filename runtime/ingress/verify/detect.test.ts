import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { providers } from "../../../shared/event/providers/providers.ts";
import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { cpuMs } from "../../testing/cpu-ms.ts";
import { compileRecipe } from "./compile-recipe.ts";
import { detectRecipe } from "./detect.ts";
import { captureReading } from "./detect-values.ts";
import type { CapturedRequest } from "./raw-request.ts";
import { signDelivery } from "./sign-delivery.ts";

const now = 1_795_306_613_000;
const time = String(now / 1_000);
const body = `{"id":"evt_1","name":"Zoë","amount":1.0,"webhookTimestamp":${now}}`;
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** Providers whose deliveries can be made here: the others have the signature in the body, or a certificate or private key to it. */
const signable = providers.flatMap(({ key, recipe }) => {
  const request = {
    method: "POST",
    url: "https://h.test/hooks/1?a=b",
    headers: headersFor(recipe),
    body: Buffer.from(body),
    id: "id-1",
  };
  const text = secretFor(recipe);
  const signed = recipe.kind === "url-secret" || text === null ? null : signDelivery(recipe, text, request, now);
  return signed && text !== null ? [{ key, recipe, secret: text, request: { ...request, ...signed } }] : [];
});

describe("a body that somebody made for the detective", () => {
  it.each([
    ["line breaks before something", `${"\n".repeat(200_000)}x`],
    ["line breaks of both kinds", `${"\r\n\n".repeat(100_000)}x\r\n`],
    ["lists in lists", "[".repeat(200_000) + "]".repeat(200_000)],
  ])("of %s costs no more than another", (_, text) => {
    const headers = { "x-signature": "ab".repeat(32) };
    const request = { method: "POST", url: "https://h.test/", headers, body: Buffer.from(text) };
    expect(cpuMs(() => expect(detectRecipe({ request, secret, now }).matched).toBeNull())).toBeLessThan(2_000);
  });
});

describe("the detective", () => {
  it.each(signable.map((each) => [each.key, each] as const))("knows a delivery of %s again", (_, { recipe, secret, request }) => {
    const { matched } = detectRecipe({ request, secret, now });
    // Some providers sign alike: what counts is that the recipe found says the same of how it is signed.
    expect(matched && signing(matched.recipe)).toEqual(signing(recipe));
  });

  it("knows most of the library", () => {
    expect(signable.length).toBeGreaterThan(50);
  });

  const hex = (content: string, key: string | Buffer = "s3cret", algorithm = "sha256") =>
    createHmac(algorithm, key).update(content).digest("hex");

  it.each<[string, string, Partial<CapturedRequest>]>([
    ["time and body joined by a bar", "s3cret", { headers: { "x-time": time, "x-proof": hex(`${time}|${body}`) } }],
    ["body, then milliseconds", "s3cret", { headers: { "x-ms": String(now), "x-proof": hex(`${body}.${now}`) } }],
    [
      "sha512 in base64 behind a prefix",
      "s3cret",
      { headers: { "x-proof": `sig=${createHmac("sha512", "s3cret").update(body).digest("base64")}` } },
    ],
    [
      "base64url without padding",
      "s3cret",
      { headers: { "x-proof": createHmac("sha256", "s3cret").update(body).digest("base64url") } },
    ],
    ["a key in hex", "00ff10aa", { headers: { "x-proof": hex(body, Buffer.from("00ff10aa", "hex")) } }],
    ["a list with names of its own", "s3cret", { headers: { "x-proof": `when=${time};mac=${hex(`${time}.${body}`)}` } }],
    ["id, time and body", "s3cret", { headers: { "x-msg-id": "m1", "x-time": time, "x-proof": hex(`m1:${time}:${body}`) } }],
    ["the signature in the query", "s3cret", { url: `https://h.test/hooks/1?sig=${hex(body)}` }],
    ["method, path, body and time", "s3cret", { headers: { "x-time": time, "x-proof": hex(`POST/hooks/1${body}${time}`) } }],
    [
      "a plain hash with the secret at the end",
      "s3cret",
      { headers: { "x-proof": createHash("sha1").update(`${body}s3cret`).digest("hex") } },
    ],
    ["a token under any name", "s3cret", { headers: { "x-whatever": "s3cret" } }],
    ["a token behind Bearer", "s3cret", { headers: { authorization: "Bearer s3cret" } }],
    ["user and password", "me:s3cret", { headers: { authorization: `Basic ${Buffer.from("me:s3cret").toString("base64")}` } }],
    ["MD5", "s3cret", { headers: { "x-proof": hex(body, "s3cret", "md5") } }],
    [
      "a JWT with the body's hash",
      "s3cret",
      {
        headers: {
          authorization: `Bearer ${jwt({ iat: now / 1_000, h: createHash("sha256").update(body).digest("base64url") })}`,
        },
      },
    ],
  ])("finds a scheme that no provider of the library has: %s", (_, key, change) => {
    const request = captured(change);
    const { matched } = detectRecipe({ request, secret: key, now });
    expect(matched).not.toBeNull();
    const compiled = matched && compileRecipe(matched.recipe, [{ secret: key, expiresAt: null }]);
    expect(compiled?.check(captureReading(request), now).outcome).toBe("verified");
    const other = captured({ ...change, body: Buffer.from(`${body} `) });
    // What does not cover the body cannot notice.
    if (!["token", "basic"].includes(matched?.recipe.kind ?? ""))
      expect(compiled?.check(captureReading(other), now).outcome).toBe("refused");
  });

  it("finds public keys: Ed25519 over time and body, ECDSA over the body", () => {
    const ed = generateKeyPairSync("ed25519");
    const raw = ed.publicKey.export({ format: "der", type: "spki" }).subarray(12).toString("hex");
    const headers = { "x-time": time, "x-proof": sign(null, Buffer.from(`${time}:${body}`), ed.privateKey).toString("base64") };
    expect(detectRecipe({ request: captured({ headers }), secret: raw, now }).matched?.recipe).toMatchObject({
      kind: "ed25519",
      encoding: "base64",
    });
    const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const proof = sign("sha256", Buffer.from(body), ec.privateKey).toString("base64");
    const pem = String(ec.publicKey.export({ format: "pem", type: "spki" }));
    const { matched } = detectRecipe({ request: captured({ headers: { "x-proof": proof } }), secret: pem, now });
    expect(matched?.recipe).toMatchObject({ kind: "ecdsa", form: "der" });
  });

  it("says that a match is stale by now", () => {
    const [stripe] = signable.filter(({ key }) => key === "stripe");
    const result = stripe && detectRecipe({ request: stripe.request, secret: stripe.secret, now: now + 400_000 });
    expect(result?.matched?.provider).toBe("stripe");
    expect(result?.reason).toContain("older than 300 s");
  });

  const signed = { "x-hub-signature-256": `sha256=${hex(body)}` };

  it.each<[string, string, string, RegExp]>([
    ["written anew", JSON.stringify(JSON.parse(body)), "s3cret", /parsed and written anew|no known scheme/],
    ["given a line break", `${body}\n`, "s3cret", /line break was added at its end/],
    ["right, with a secret that has a line break", body, "s3cret\n", /white space or quotes around it/],
    ["right, with a secret in quotes", body, `"s3cret"`, /white space or quotes around it/],
    ["right, with another secret", body, "other", /the secret is another one/],
  ])("explains a request whose body is %s", (_, sent, key, reason) => {
    const result = detectRecipe({ request: captured({ headers: signed, body: Buffer.from(sent) }), secret: key, now });
    expect(result.matched).toBeNull();
    expect(result.reason).toMatch(reason);
  });

  it.each([
    ["Python's spaces", `{"id": "evt_1", "name": "Z\\u00eb"}`, `{"id":"evt_1","name":"Zë"}`],
    ["compact JSON", `{"a":[1,2]}`, `{\n  "a": [1, 2]\n}`],
    ["LF", `{"a":\n1}`, `{"a":\r\n1}`],
  ])("finds that %s was signed and something else has arrived", (_, sent, arrived) => {
    const headers = { "x-hub-signature-256": `sha256=${hex(sent)}` };
    const result = detectRecipe({ request: captured({ headers, body: Buffer.from(arrived) }), secret: "s3cret", now });
    expect(result.matched).toBeNull();
    expect(result.candidates[0]).toMatchObject({
      recipe: { kind: "hmac" },
      problem: expect.stringContaining("the body is not what was signed"),
    });
  });

  it("names the providers that were near, and never the secret", () => {
    const result = detectRecipe({ request: captured({ headers: signed }), secret: "0th3r-s3cr3t", now });
    expect(result.candidates.map(({ name }) => name)).toContain("GitHub");
    expect(JSON.stringify(result)).not.toContain("0th3r-s3cr3t");
  });

  it("says so when nothing looks like a signature, and when there is no secret", () => {
    expect(detectRecipe({ request: captured({}), secret: "s3cret", now }).reason).toContain("Nothing in the headers");
    expect(detectRecipe({ request: captured({}), secret: " ", now }).reason).toBe("The secret is empty.");
  });

  it("gives up on 64 KB within a second of computing", () => {
    const large = Buffer.from(
      JSON.stringify({
        text: "x".repeat(64_000),
        ...Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`time${at}`, Number(time) + at])),
      }),
    );
    const headers = Object.fromEntries(
      ["x-id", "x-request-id", "x-trace-id", "x-event-id"]
        .map((name) => [name, "abc"])
        .concat(["a", "b", "c", "d"].map((name) => [`x-${name}`, hex(name)])),
    );
    const request = captured({ headers, body: large });
    expect(cpuMs(() => expect(detectRecipe({ request, secret, now }).matched).toBeNull())).toBeLessThan(1_000);
  });
});

function captured(change: Partial<CapturedRequest>): CapturedRequest {
  return {
    method: "POST",
    url: "https://h.test/hooks/1",
    headers: { "content-type": "application/json" },
    body: Buffer.from(body),
    ...change,
  };
}

/** What a recipe says of the signature alone. */
function signing(recipe: SignatureRecipe): object {
  const { dedupe, eventType, batch, requiredHeaders, ...rest } = recipe;
  if ("timestamp" in rest && rest.timestamp) return { ...rest, timestamp: rest.timestamp.from };
  return rest;
}

function headersFor(recipe: SignatureRecipe): Record<string, string> {
  const type = "signedContent" in recipe && recipe.signedContent.some(({ part }) => part === "form-sorted");
  const event = recipe.eventType?.in === "header" ? { [recipe.eventType.name]: "test" } : {};
  return { "content-type": type ? "application/x-www-form-urlencoded" : "application/json", ...event };
}

function secretFor(recipe: SignatureRecipe): string | null {
  if (recipe.kind === "basic") return "user:s3cret";
  if (!("secret" in recipe)) return null;
  if (recipe.kind === "jwt" && !recipe.algorithm.startsWith("HS")) return null;
  return recipe.secret.decode === "hex" ? "00ff10aa00ff10aa" : secret;
}

function jwt(claims: object): string {
  const content = [{ alg: "HS256" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${content}.${createHmac("sha256", "s3cret").update(content).digest("base64url")}`;
}
