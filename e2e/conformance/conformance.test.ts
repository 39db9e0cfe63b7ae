import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setHookSecret } from "../../runtime/ingress/set-hook-secret.ts";
import { compileRecipe } from "../../runtime/ingress/verify/compile-recipe.ts";
import type { SigningSecret } from "../../runtime/ingress/verify/delivery.ts";
import { detectRecipe } from "../../runtime/ingress/verify/detect.ts";
import { verifyDelivery } from "../../runtime/ingress/verify/verify-delivery.ts";
import { testCertificate } from "../../runtime/testing/test-certificate.ts";
import { ask } from "../../runtime/testing/test-client.ts";
import { startTestServer, type TestServer } from "../../runtime/testing/test-server.ts";
import { needsSecret } from "../../shared/event/needs-secret.ts";
import { providers } from "../../shared/event/providers/providers.ts";
import { hookId, jsonBody, recipeOf, type SignedRequest, type Signer } from "./signed-request.ts";
import { theySign } from "./they-sign.ts";
import { theyVerify } from "./they-verify.ts";

/** Real time: most of the providers' verifiers read the clock themselves. */
const now = Date.now();
const signers = [...theySign, ...theyVerify].map((signer): [string, Signer] => {
  const twice = theySign.filter(({ provider }) => provider === signer.provider).length > 1;
  return [twice ? `${signer.provider} (${signer.body === jsonBody ? "JSON" : "form"})` : signer.provider, signer];
});

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    fetchFile: async () => ({ outcome: "fetched", bytes: Buffer.from(testCertificate.certificate) }),
  });
  const { workspace } = await server.addPerson();
  const { hook } = await server.publish({ workspace, nodes: [], edges: [], secret: false });
  await server.pair.sql.commit([{ text: "UPDATE hooks SET id = $1 WHERE id = $2", params: [hookId, hook] }]);
});
afterAll(() => server.close());

describe.each(signers)("%s", (named, signer) => {
  const recipe = recipeOf(signer.provider);
  const [secret, other] = signer.secrets;
  const id = "evt_1";
  const signed = async (change: Partial<{ at: number; id: string; secret: string }> = {}) => {
    const input = { at: now, id, secret, ...change };
    return signer.sign({ ...input, body: signer.body(input) });
  };
  const toleranceMs =
    "timestamp" in recipe ? recipe.timestamp?.tolerancePastMs : recipe.kind === "jwt" ? recipe.maxAgeMs : undefined;
  const aheadMs = "timestamp" in recipe ? recipe.timestamp?.toleranceFutureMs : recipe.kind === "jwt" ? 300_000 : undefined;

  it("accept: what the provider signs is verified, and what we sign the provider accepts", async () => {
    const request = await signed();
    expect(verify(signer, request)).toMatchObject({ outcome: "accepted" });
    if (signer.accepts) expect(await accepts(signer, request, secret)).toBe(true);
  });

  it("tampered: a change of what is signed is refused, by the provider's code as well", async () => {
    const request = tampered(signer, await signed());
    expect(verify(signer, request)).toMatchObject({ outcome: "refused", reason: expect.stringMatching(/mismatch/) });
    if (signer.accepts) expect(await accepts(signer, request, secret)).toBe(false);
  });

  it("stale: an old signature is refused where the scheme has time", async () => {
    const at = now - (toleranceMs ?? 86_400_000) - 2_000;
    const result = verify(signer, await signed({ at }));
    expect(result).toMatchObject(toleranceMs === undefined ? { outcome: "accepted" } : { reason: "timestamp_too_old" });
  });

  it("future: a signature from the future is refused where the scheme has time", async () => {
    const at = now + (aheadMs ?? 86_400_000) + 2_000;
    const result = verify(signer, await signed({ at }));
    expect(result).toMatchObject(aheadMs === undefined ? { outcome: "accepted" } : { reason: "timestamp_in_future" });
  });

  it("wrong key: a signature with another secret is refused", async () => {
    if (!needsSecret(recipe)) {
      // There is no secret: a signature by anybody else is one that the certificate does not give.
      const request = await signed();
      const forged = { ...request, body: request.body.replace(/"Signature":"..../, '"Signature":"AAAA') };
      expect(verify(signer, forged)).toMatchObject({ reason: "signature_mismatch" });
      return;
    }
    expect(verify(signer, await signed({ secret: other }))).toMatchObject({ reason: "signature_mismatch" });
  });

  it("rotated: the previous secret counts until it ends, and is named", async () => {
    if (!needsSecret(recipe)) {
      expect(verify(signer, await signed(), [])).toMatchObject({ outcome: "accepted" });
      return;
    }
    const request = await signed();
    const secrets = (expiresAt: number) => [
      { secret: keyOf(signer, other), expiresAt: null },
      { secret: keyOf(signer, secret), expiresAt },
    ];
    expect(verify(signer, request, secrets(now + 1))).toMatchObject({ verifiedBy: expect.stringContaining("previous secret") });
    expect(verify(signer, request, secrets(now))).toMatchObject({ reason: "signature_mismatch" });
  });

  it("replayed: the same event is taken once however often it is posted, and another event is another", async () => {
    await become(signer);
    const before = await events();
    const post = async (name: string) => {
      // Signed anew at each time, as providers do it when they send again.
      server.advance(1_000);
      const request = await signed({ id: `${named.replace(/\W+/g, "-")}-${name}`, at: server.clock() });
      const { method, headers, body } = request;
      const { status } = await ask(server.url + new URL(request.url).pathname + new URL(request.url).search, {
        method,
        headers,
        body,
      });
      return [status, (await events()) - before];
    };
    expect([await post("1"), await post("1"), await post("2"), await post("1")]).toEqual([
      [200, 1],
      [200, 1],
      [200, 2],
      [200, 2],
    ]);
  });

  it("missing part: without any one header of the signature nothing is accepted", async () => {
    const request = await signed();
    const needed = Object.keys(request.headers).filter(
      (name) => /sign|time|-id$|hmac|hub-|authorization/.test(name) && !isDedupeOnly(signer, name),
    );
    for (const name of needed) {
      const { [name]: _gone, ...headers } = request.headers;
      expect([name, verify(signer, { ...request, headers })]).toMatchObject([name, { outcome: "refused" }]);
    }
    const { body } = request;
    expect(verify(signer, { ...request, body: "" }).outcome).toBe("refused");
    if (needed.length === 0)
      expect(verify(signer, { ...request, body: body.replace(/hmacSignature|"Signature"/, '"gone"') })).toMatchObject({
        reason: "missing_value",
      });
  });

  it("is known again by the detective", async () => {
    if (signer.certificate) return;
    const request = await signed();
    const captured = { ...request, body: Buffer.from(request.body) };
    expect(detectRecipe({ request: captured, secret: keyOf(signer, secret), now }).matched).not.toBeNull();
  });
});

it("covers every provider that says its package verifies it", () => {
  const told = providers.filter(({ verified }) => verified && verified.by === "sdk").map(({ key }) => key);
  expect(new Set(signers.map(([, { provider }]) => provider))).toEqual(new Set(told));
});

function keyOf({ publicKey }: Signer, secret: string): string {
  return publicKey ? publicKey(secret) : secret;
}

function deliveryOf({ method, url, headers, body }: SignedRequest) {
  return { method, url, headers: (name: string) => headers[name] ?? null, body: Buffer.from(body) };
}

function verify(signer: Signer, request: SignedRequest, secrets?: SigningSecret[]) {
  const known = secrets ?? [{ secret: keyOf(signer, signer.secrets[0]), expiresAt: null }];
  const compiled = compileRecipe(recipeOf(signer.provider), known);
  return verifyDelivery(compiled, deliveryOf(request), now, signer.certificate);
}

/** From now on the hook is this provider's. */
async function become(signer: Signer): Promise<void> {
  const recipe = recipeOf(signer.provider);
  await server.pair.sql.commit([
    { text: `UPDATE hooks SET recipe = $1, secrets = NULL, revision = revision + 1`, params: [JSON.stringify(recipe)] },
  ]);
  const deps = { sql: server.pair.sql, vault: server.vault, clock: server.clock };
  if (needsSecret(recipe)) await setHookSecret(deps, hookId, keyOf(signer, signer.secrets[0]));
}

async function events(): Promise<number> {
  const [row] = await server.pair.sql.read<{ n: number }>("SELECT count(*) AS n FROM events");
  return Number(row?.n);
}

async function accepts({ accepts: ask }: Signer, request: SignedRequest, secret: string): Promise<boolean> {
  try {
    // What only throws for a wrong signature answers nothing for a right one.
    return (await ask?.(request, secret)) !== false;
  } catch {
    return false;
  }
}

function tampered(signer: Signer, request: SignedRequest): SignedRequest {
  if (signer.tamper) return signer.tamper(request);
  return { ...request, body: request.body.replace(/Zo|Gr|room_s|message|creation/, (found) => found.toUpperCase()) };
}

/** A header that only names the event, and is not signed. */
function isDedupeOnly({ provider }: Signer, name: string): boolean {
  const recipe = recipeOf(provider);
  const isSigned = "signedContent" in recipe && recipe.signedContent.some((part) => part.part === "header" && part.name === name);
  const inSignature =
    "signature" in recipe && recipe.signature.places.some((place) => place.in === "header" && place.name === name);
  const isTime = "timestamp" in recipe && recipe.timestamp?.from.in === "header" && recipe.timestamp.from.name === name;
  return !isSigned && !inSignature && !isTime;
}
