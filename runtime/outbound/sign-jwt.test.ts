import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { decodeProtectedHeader, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { JwtAlgorithm, SignedJwt } from "../../shared/connector/signed-jwt.ts";
import { createJwtSigner, type Signed, signJwt } from "./sign-jwt.ts";

const now = Date.UTC(2026, 0, 1);
const secret = "a secret that is long enough for every one of the HS algorithms: 64 bytes";
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = (key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1" = "pkcs8") => String(key.export({ type, format: "pem" }));

function privateKeyFor(algorithm: JwtAlgorithm): KeyObject {
  if (algorithm === "EdDSA") return generateKeyPairSync("ed25519").privateKey;
  if (!algorithm.startsWith("ES")) return rsa.privateKey;
  const namedCurve = { ES256: "P-256", ES384: "P-384", ES512: "P-521" }[algorithm as "ES256" | "ES384" | "ES512"];
  return generateKeyPairSync("ec", { namedCurve }).privateKey;
}

function tokenOf(signed: Signed): string {
  return "token" in signed ? signed.token : expect.fail(signed.problem);
}

const template = (options: Partial<SignedJwt> = {}): SignedJwt =>
  SignedJwt.parse({
    algorithm: "HS256",
    payload: { iss: "{{credentials.clientId}}", nested: { list: ["{{credentials.clientId}}!"] }, n: 1 },
    ...options,
  });

describe("a JWT", () => {
  test.each(JwtAlgorithm.options)("signed with %s is verified by its key, with its claims and times", async (algorithm) => {
    const symmetric = algorithm.startsWith("HS");
    const key = symmetric ? null : privateKeyFor(algorithm);
    const credentials = { clientId: "me", ...(key ? { privateKey: pem(key) } : { secret }) };
    const jwt = template({ algorithm, header: { kid: "{{credentials.clientId}}-1" } });
    const token = tokenOf(await signJwt(jwt, credentials, now));
    const verifying = key ? createPublicKey(key) : Buffer.from(secret);
    const { payload } = await jwtVerify(token, verifying, { algorithms: [algorithm], currentDate: new Date(now) });
    const iat = now / 1_000;
    expect(payload).toEqual({ iss: "me", nested: { list: ["me!"] }, n: 1, iat, exp: iat + 300 });
    expect(decodeProtectedHeader(token)).toEqual({ typ: "JWT", alg: algorithm, kid: "me-1" });
  });

  test("is signed with a key in PKCS #1 or SEC 1, and with one whose line ends were written out", async () => {
    const jwt = template({ algorithm: "RS256" });
    for (const privateKey of [
      pem(rsa.privateKey, "pkcs1"),
      pem(rsa.privateKey).replaceAll("\n", "\\n"),
      `\n${pem(rsa.privateKey)}\n`,
    ])
      await jwtVerify(tokenOf(await signJwt(jwt, { privateKey }, now)), rsa.publicKey, { currentDate: new Date(now) });
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const signed = await signJwt(template({ algorithm: "ES256" }), { privateKey: pem(ec.privateKey, "sec1") }, now);
    await jwtVerify(tokenOf(signed), ec.publicKey, { currentDate: new Date(now) });
  });

  test("is signed with a secret in base64", async () => {
    const jwt = template({ secretEncoding: "base64" });
    const signed = await signJwt(jwt, { secret: Buffer.from(secret).toString("base64") }, now);
    await jwtVerify(tokenOf(signed), Buffer.from(secret), { currentDate: new Date(now) });
  });

  test("is backdated, and its own times win over those of the template", async () => {
    const jwt = template({ backdateMs: 120_000, lifetimeMs: 300_000, payload: { iat: 1, exp: 2 }, header: { alg: "none" } });
    const signed = await signJwt(jwt, { secret }, now);
    const { payload, protectedHeader } = await jwtVerify(tokenOf(signed), Buffer.from(secret), { currentDate: new Date(now) });
    expect(payload).toEqual({ iat: now / 1_000 - 120, exp: now / 1_000 + 180 });
    expect(protectedHeader.alg).toBe("HS256");
    expect(signed).toMatchObject({ expiresAt: now + 180_000 });
  });

  test.each<[string, Partial<SignedJwt>, Record<string, string>, string]>([
    ["without a secret", {}, {}, "no secret"],
    ["without a private key", { algorithm: "RS256" }, { privateKey: " " }, "no private key"],
    ["with a key that is none", { algorithm: "RS256" }, { privateKey: "hidden-key" }, "cannot be read"],
    ["with a key of another kind", { algorithm: "ES256" }, { privateKey: pem(rsa.privateKey) }, "does not fit ES256"],
    ["when it would have ended before", { backdateMs: 600_000, lifetimeMs: 60_000 }, { secret }, "ended"],
    ["with a header that no verifier knows", { header: { crit: ["x"] } }, { secret }, "header"],
  ])("is not signed %s, in words without the key", async (_, options, credentials, words) => {
    const signed = await signJwt(template(options), credentials, now);
    expect(signed).toEqual({ problem: expect.stringContaining(words) });
    expect(JSON.stringify(signed)).not.toMatch(/hidden-key|BEGIN/);
  });
});

test("a JWT is signed once for as long as it lasts, and anew for other credentials or another template", async () => {
  let time = now;
  const sign = createJwtSigner(() => time);
  const jwt = template();
  const owner = { id: "con", credentials: { clientId: "me", secret } };
  const first = await sign(owner, jwt);
  time += 239_999;
  expect(await sign(owner, jwt)).toBe(first);
  expect(await sign(owner, structuredClone(jwt))).toBe(first);
  time += 1;
  const second = await sign(owner, jwt);
  expect(second).not.toBe(first);
  const changed = { ...owner, credentials: { ...owner.credentials, clientId: "you" } };
  expect(tokenOf(await sign(changed, jwt))).not.toBe(tokenOf(second));
  expect(tokenOf(await sign(changed, template({ lifetimeMs: 600_000 })))).not.toBe(tokenOf(await sign(changed, jwt)));
});
