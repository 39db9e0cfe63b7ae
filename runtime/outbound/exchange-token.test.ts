import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { TokenExchange } from "../../shared/connector/auth-scheme.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import { startZoomInfoSandbox } from "../sandbox/zoominfo/start.ts";
import { createMemoryGovernor } from "../store/sqlite/memory-governor.ts";
import { startFakeUpstream } from "../testing/fake-upstream.ts";
import { createTestTokens } from "../testing/test-tokens.ts";
import { createOutbound } from "./call-endpoint.ts";

const now = Date.UTC(2026, 0, 1);
const clock = () => now;
const keys = (modulusLength = 2048) =>
  generateKeyPairSync("rsa", {
    modulusLength,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
const { publicKey, privateKey } = keys();
const upstream = await startFakeUpstream();
const sandbox = await startZoomInfoSandbox({ host: "127.0.0.1", port: 0, clock, clientKey: publicKey });
const outbound = createOutbound({
  clock,
  allowedHttpHosts: [upstream.host, new URL(sandbox.url).host],
  sandboxes: {},
  tokens: createTestTokens().store,
  lease: createTestTokens().lease,
  governor: createMemoryGovernor(clock),
});
afterAll(async () => {
  await outbound.close();
  await upstream.close();
  await sandbox.close();
});
beforeEach(() => {
  upstream.requests.length = 0;
  upstream.always({ body: { jwt: "exchanged" } });
});

const scheme = (request: object): TokenExchange =>
  TokenExchange.parse({
    kind: "token-exchange",
    fields: [
      { key: "username", label: "User name", secret: false },
      { key: "clientId", label: "Client ID", secret: false },
    ],
    request: { method: "POST", path: "/authenticate", body: {}, ...request },
    tokenPath: "jwt",
    expiresInMs: 3_600_000,
    placement: { header: "Authorization", prefix: "Bearer " },
  });

let connections = 0;
function callWith(baseUrl: string, auth: TokenExchange, credentials: Record<string, string>, path = "/items") {
  const connector: Connector = {
    schemaVersion: 1,
    key: "fake",
    name: "Fake",
    description: "",
    baseUrl,
    auth,
    endpoints: [],
    incomingWebhooks: [],
  };
  const place = { target: "live", origin: baseUrl, since: 0, variables: {}, baseUrl: null, client: null } as const;
  const connection: LoadedConnection = {
    id: `con_${++connections}`,
    workspace: "wsp",
    connector: "fake",
    account: null,
    credentials,
    ...place,
  };
  return outbound.call({
    request: { method: "GET", url: `${baseUrl}${path}`, headers: {}, body: null },
    connector,
    connection,
    idempotency: null,
    limitGroup: undefined,
    timeoutMs: 2_000,
    signal: new AbortController().signal,
  });
}

describe("a token exchange", () => {
  test("is written as a form where the API wants one", async () => {
    const auth = scheme({ encoding: "form", body: { username: "{{credentials.username}}", password: "a&b", n: 1 } });
    expect(await callWith(upstream.url, auth, { username: "a+b@example.com" })).toMatchObject({ outcome: "succeeded" });
    expect(upstream.requests[0]).toMatchObject({
      path: "/authenticate",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      text: "username=a%2Bb%40example.com&password=a%26b&n=1",
    });
    expect(upstream.requests[1]?.headers.authorization).toBe("Bearer exchanged");
  });

  test("goes with a JWT that the client signs, in the header that the connector names", async () => {
    const jwt = { algorithm: "HS256", payload: { sub: "{{credentials.username}}" } };
    const auth = scheme({ signed: { jwt, placement: { header: "X-Assertion", prefix: "JWT " } } });
    expect(await callWith(upstream.url, auth, { username: "ada", secret: "signing-secret" })).toMatchObject({
      outcome: "succeeded",
    });
    expect(upstream.requests[0]).toMatchObject({
      text: "{}",
      headers: { "x-assertion": expect.stringMatching(/^JWT ey[\w-]+\.ey/) },
    });
    const jwtSent = String(upstream.requests[0]?.headers["x-assertion"]).slice(4);
    upstream.always({ status: 403, body: { message: `not good: ${jwtSent} by signing-secret` } });
    expect(await callWith(upstream.url, auth, { username: "ada", secret: "signing-secret" })).toMatchObject({
      outcome: "unauthorized",
      message: "token exchange: answered 403 Forbidden: not good: *** by ***",
    });
    upstream.requests.length = 0;
    const outcome = await callWith(upstream.url, auth, { username: "ada" });
    expect(outcome).toMatchObject({ outcome: "blocked", message: "the connection has no secret to sign with" });
    expect(upstream.requests).toEqual([]);
  });
});

describe("ZoomInfo's PKI authentication", () => {
  const pki = (backdateMs: number, payload: object = {}) =>
    scheme({
      signed: {
        jwt: {
          algorithm: "RS256",
          payload: {
            aud: "enterprise_api",
            iss: "api-client@example.com",
            username: "{{credentials.username}}",
            client_id: "{{credentials.clientId}}",
            ...payload,
          },
          lifetimeMs: 300_000,
          backdateMs,
        },
        placement: { header: "Authorization", prefix: "Bearer " },
      },
    });
  const account = { username: "ada@example.com", clientId: "client-1", privateKey };

  test.each([0, 60_000, 120_000])("gives a token for a JWT backdated by %d ms, and calls go with it", async (backdateMs) => {
    expect(await callWith(sandbox.url, pki(backdateMs), account, "/lookup/usage")).toMatchObject({
      outcome: "succeeded",
      body: { usage: expect.any(Array) },
    });
  });

  test.each<[string, TokenExchange, Record<string, string>]>([
    ["another key", pki(0), { ...account, privateKey: keys().privateKey }],
    ["another audience", pki(0, { aud: "elsewhere" }), account],
    ["no user name", pki(0), { ...account, username: "" }],
  ])("refuses one with %s, as the vendor does", async (_, auth, credentials) => {
    const outcome = await callWith(sandbox.url, auth, credentials, "/lookup/usage");
    expect(outcome).toMatchObject({
      outcome: "unauthorized",
      message: "token exchange: answered 401 Unauthorized: Error getting jwt info",
    });
  });
});
