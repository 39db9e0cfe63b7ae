import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type AuthScheme, JwtAuth } from "../../shared/connector/auth-scheme.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { Json } from "../../shared/json.ts";
import { createMemoryGovernor } from "../store/sqlite/memory-governor.ts";
import { startFakeUpstream, type UpstreamRequest } from "../testing/fake-upstream.ts";
import { type CallInput, createOutbound } from "./call-endpoint.ts";

const upstream = await startFakeUpstream();
const outbound = createOutbound({
  clock: () => 0,
  allowedHttpHosts: [upstream.host],
  sandboxes: {},
  tokens: { read: async () => null, save: async () => true, giveUp: async () => true, cool: async () => {} },
  lease: { take: async () => ({ release: async () => {} }) },
  governor: createMemoryGovernor(() => 0),
});
afterAll(async () => {
  await outbound.close();
  await upstream.close();
});
const echo = ({ path, headers, body }: UpstreamRequest) => ({ body: { path, headers: { ...headers }, body } as Json });
beforeEach(() => {
  upstream.requests.length = 0;
  upstream.always(echo);
});

const secret = "s3cret/key+value";
const apiKey = (addTo: "header" | "query" | "body", key: string): AuthScheme => ({
  kind: "api-key",
  displayName: "Key",
  key,
  addTo,
});

function input(auth: AuthScheme, credentials: Record<string, string>, request: Partial<CallInput["request"]> = {}): CallInput {
  const connector: Connector = {
    schemaVersion: 1,
    key: "fake",
    name: "Fake",
    description: "",
    baseUrl: upstream.url,
    auth,
    endpoints: [],
    incomingWebhooks: [],
  };
  return {
    request: { method: "POST", url: `${upstream.url}/items?a=1`, headers: { "x-own": "1" }, body: { name: "x" }, ...request },
    connector,
    connection: {
      id: "con_1",
      workspace: "wsp_1",
      connector: "fake",
      account: null,
      since: 0,
      variables: {},
      baseUrl: null,
      client: null,
      target: "live",
      origin: upstream.url,
      credentials,
    },
    idempotency: null,
    limitGroup: undefined,
    timeoutMs: 2_000,
    signal: new AbortController().signal,
  };
}

const basic = Buffer.from(`ada:${secret}`).toString("base64");
type Case = [what: string, auth: AuthScheme, credentials: Record<string, string>, sent: object, shown: object];
const cases: Case[] = [
  [
    "a key in a header",
    apiKey("header", "X-Api-Key"),
    { apiKey: secret },
    { headers: { "x-api-key": secret } },
    { headers: { "x-api-key": "***" } },
  ],
  [
    "a key in the query",
    apiKey("query", "api_key"),
    { apiKey: secret },
    { path: `/items?a=1&api_key=${encodeURIComponent(secret)}` },
    { url: `${upstream.url}/items?a=1&api_key=***` },
  ],
  [
    "a key in the body",
    apiKey("body", "auth"),
    { apiKey: secret },
    { body: { name: "x", auth: secret } },
    { body: { name: "x", auth: "***" } },
  ],
  [
    "a key with a prefix",
    { ...apiKey("header", "Authorization"), prefix: "Token " } as AuthScheme,
    { apiKey: secret },
    { headers: { authorization: `Token ${secret}` } },
    { headers: { authorization: "Token ***" } },
  ],
  [
    "several keys at once",
    {
      ...apiKey("header", "X-App"),
      others: [
        { displayName: "User", key: "user_key", addTo: "query" },
        { displayName: "Sign", key: "sign", addTo: "body" },
      ],
    } as AuthScheme,
    { apiKey: secret, apiKey2: "second-key", apiKey3: "third-key" },
    { headers: { "x-app": secret }, path: "/items?a=1&user_key=second-key", body: { name: "x", sign: "third-key" } },
    { headers: { "x-app": "***" }, url: `${upstream.url}/items?a=1&user_key=***`, body: { name: "x", sign: "***" } },
  ],
  [
    "a bearer token",
    { kind: "bearer" },
    { token: secret },
    { headers: { authorization: `Bearer ${secret}` } },
    { headers: { authorization: "Bearer ***" } },
  ],
  [
    "a user name and a password",
    { kind: "basic" },
    { username: "ada", password: secret },
    { headers: { authorization: `Basic ${basic}` } },
    { headers: { authorization: "Basic ***" } },
  ],
];

describe("a call with", () => {
  test.each(cases)("%s sends it, and no answer shows it", async (_, auth, credentials, sent) => {
    const outcome = await outbound.call(input(auth, credentials));
    expect(upstream.requests[0]).toMatchObject(sent);
    expect(outcome.outcome).toBe("succeeded");
    const text = JSON.stringify(outcome);
    for (const form of [secret, encodeURIComponent(secret), basic]) expect(text).not.toContain(form);
    expect(text).toContain("***");
  });

  test.each(cases)(
    "%s is shown as it is sent, masked, and nothing is sent for it",
    async (_, auth, credentials, _sent, shown) => {
      const call = input(auth, credentials);
      const preview = outbound.preview(call);
      expect(upstream.requests).toEqual([]);
      expect(preview).toMatchObject({ method: "POST", ...shown });
      expect(JSON.stringify(preview)).not.toContain(secret);
      await outbound.call(call);
      const { headers = {}, path = "" } = upstream.requests[0] ?? {};
      // The client adds what frames the message, and nothing else.
      const framing = ["connection", "content-length", "host"];
      expect(Object.keys(preview?.headers ?? {}).toSorted()).toEqual(
        Object.keys(headers)
          .filter((name) => !framing.includes(name))
          .toSorted(),
      );
      const masked = [encodeURIComponent(secret), "second-key"].reduce((url, value) => url.replace(value, "***"), path);
      expect(preview?.url).toBe(`${upstream.url}${masked}`);
    },
  );
});

test("a key goes into a form like any other field", async () => {
  const request = { method: "POST", body: "a=1", encoding: "form" as const };
  await outbound.call(input(apiKey("body", "k&y"), { apiKey: secret }, request));
  expect(upstream.requests[0]?.text).toBe(`a=1&k%26y=${encodeURIComponent(secret)}`);
});

const jwtAuth = (options: Partial<JwtAuth> = {}): AuthScheme =>
  JwtAuth.parse({ kind: "jwt", jwt: { algorithm: "HS256", payload: { iss: "{{credentials.clientId}}" } }, ...options });

test.each([
  [
    {},
    { headers: { authorization: expect.stringMatching(/^Bearer ey[\w-]+\.ey[\w-]+\.[\w-]{43}$/) } },
    { headers: { authorization: "Bearer ***" } },
  ],
  [
    { addTo: "query" as const, name: "jwt" },
    { path: expect.stringMatching(/^\/items\?a=1&jwt=ey[\w-]+\.ey[\w-]+\.[\w-]{43}$/) },
    { url: `${upstream.url}/items?a=1&jwt=***` },
  ],
])("a signed JWT goes along (%o), and neither it nor its secret is seen again", async (options, sent, shown) => {
  const call = input(jwtAuth(options), { clientId: "me", secret });
  expect(outbound.preview(call)).toMatchObject(shown);
  const outcome = await outbound.call(call);
  expect(upstream.requests[0]).toMatchObject(sent);
  expect(outcome.outcome).toBe("succeeded");
  expect(JSON.stringify(outcome)).not.toMatch(/ey[\w-]{10,}\.ey/);
});

test("a secret that is too short to be looked for in answers is masked in the preview all the same", () => {
  expect(outbound.preview(input({ kind: "bearer" }, { token: "ab" }))?.headers.authorization).toBe("Bearer ***");
});

test("a secret that was put into an input is masked in the preview too", () => {
  const call = input({ kind: "bearer" }, { token: secret }, { body: { note: `my key is ${secret}` } });
  expect(outbound.preview(call)?.body).toEqual({ note: "my key is ***" });
});

describe("nothing is sent", () => {
  test.each<
    [what: string, auth: AuthScheme, credentials: Record<string, string>, request: Partial<CallInput["request"]>, words: string]
  >([
    ["for a body key and GET", apiKey("body", "k"), { apiKey: secret }, { method: "GET", body: null }, "GET has none"],
    ["for a body key and DELETE", apiKey("body", "k"), { apiKey: secret }, { method: "DELETE", body: null }, "DELETE has none"],
    ["without a key", apiKey("header", "k"), {}, {}, "no API key"],
    ["with an empty token", { kind: "bearer" }, { token: "" }, {}, "no bearer token"],
    [
      "without the second key",
      { ...apiKey("header", "X-A"), others: [{ displayName: "B", key: "X-B", addTo: "header" }] } as AuthScheme,
      { apiKey: secret },
      {},
      'no "X-B"',
    ],
    ["without a secret to sign with", jwtAuth(), { clientId: "me" }, {}, "no secret to sign with"],
    ["with a colon in a user name", { kind: "basic" }, { username: "a:b", password: secret }, {}, "colon"],
    ["with a token of two lines", { kind: "bearer" }, { token: `${secret}\nx` }, {}, "no header may hold"],
  ])("%s", async (_, auth, credentials, request, words) => {
    const outcome = await outbound.call(input(auth, credentials, request));
    expect(outcome).toMatchObject({ outcome: "blocked", message: expect.stringContaining(words) });
    expect(JSON.stringify(outcome)).not.toContain(secret);
    expect(upstream.requests).toEqual([]);
    if (!words.includes("header") && auth.kind !== "jwt") expect(outbound.preview(input(auth, credentials, request))).toBeNull();
  });
});
