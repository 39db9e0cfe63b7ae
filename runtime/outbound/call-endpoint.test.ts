import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Connector } from "../../shared/connector/connector.ts";
import { createMemoryGovernor } from "../store/sqlite/memory-governor.ts";
import { startFakeUpstream, type UpstreamAnswer } from "../testing/fake-upstream.ts";
import { type CallInput, createOutbound, type OutboundDeps } from "./call-endpoint.ts";

const upstream = await startFakeUpstream();
const now = Date.UTC(2026, 0, 1, 12);
const deps: OutboundDeps = {
  clock: () => now,
  allowedHttpHosts: [upstream.host],
  sandboxes: { zoominfo: upstream.url },
  tokens: { read: async () => null, save: async () => true, giveUp: async () => true, cool: async () => {} },
  lease: { take: async () => ({ release: async () => {} }) },
  governor: createMemoryGovernor(() => now),
  maxResponseBytes: 100_000,
};
const outbound = createOutbound(deps);
afterAll(async () => {
  await outbound.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.requests.length = 0;
  upstream.always({ body: { ok: true } });
});

const open: Connector = {
  schemaVersion: 1,
  key: "fake",
  name: "Fake",
  description: "",
  baseUrl: upstream.url,
  sandbox: "zoominfo",
  auth: { kind: "none" },
  endpoints: [],
  incomingWebhooks: [],
};
const placement = { header: "Authorization", prefix: "Bearer " };
const withToken: Connector = {
  ...open,
  auth: {
    kind: "token-exchange",
    fields: [
      { key: "username", label: "User name", secret: false },
      { key: "password", label: "Password", secret: true },
    ],
    request: { method: "POST", path: "/authenticate", body: { u: "{{credentials.username}}", p: "{{credentials.password}}" } },
    tokenPath: "jwt",
    expiresInMs: 3_600_000,
    placement,
  },
};
const credentials = { username: "someone", password: "pass-word-1" };
const connection = {
  id: "con_1",
  workspace: "ws",
  connector: "fake",
  account: null,
  since: 0,
  variables: {},
  baseUrl: null,
  client: null,
  credentials,
  target: "live" as const,
  origin: upstream.url,
};

function input(changes: Partial<CallInput> = {}): CallInput {
  return {
    request: { method: "POST", url: `${upstream.url}/items?a=1`, headers: {}, body: { name: "x" } },
    connector: open,
    connection: null,
    idempotency: null,
    limitGroup: undefined,
    timeoutMs: 2_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

function to(url: string, headers: Record<string, string> = {}): CallInput["request"] {
  return { method: "GET", url, headers, body: null };
}

describe("what is sent", () => {
  test("method, path, query, JSON body, idempotency key and a User-Agent", async () => {
    await outbound.call(input({ idempotency: { header: "Idempotency-Key", key: "run/step/1" } }));
    const [request] = upstream.requests;
    expect(request).toMatchObject({ method: "POST", path: "/items?a=1", text: '{"name":"x"}' });
    expect(request?.headers).toMatchObject({
      "content-type": "application/json",
      "idempotency-key": "run/step/1",
      "user-agent": expect.stringMatching(/^Patchbay\/\d+\.\d+\.\d+/),
      "accept-encoding": "gzip, br, deflate",
    });
  });

  test("no body and no content type when there is none", async () => {
    await outbound.call(input({ request: to(`${upstream.url}/items`) }));
    expect(upstream.requests[0]?.text).toBe("");
    expect(upstream.requests[0]?.headers).not.toHaveProperty("content-type");
  });

  test("nothing of a call that is another worker's by then; it waits while that is in doubt", async () => {
    const answers = [Promise.resolve(false), Promise.resolve(true)];
    const message = "the call is another worker's by now";
    expect(await outbound.call(input({ isOurs: () => answers[0] ?? true }))).toMatchObject({ outcome: "canceled", message });
    expect(upstream.requests).toHaveLength(0);
    let asked = 0;
    const isOurs = () => {
      asked += 1;
      return asked === 1 ? (answers[1] ?? true) : true;
    };
    expect(await outbound.call(input({ isOurs }))).toMatchObject({ outcome: "succeeded" });
    expect(upstream.requests).toHaveLength(1);
  });

  test("a path that a URL parser would read differently, as the parser reads it", async () => {
    await outbound.call(input({ request: to(`${upstream.url}/a/../bé\\c#fragment`) }));
    expect(upstream.requests[0]?.path).toBe("/b%C3%A9/c");
  });

  test("call after call over one connection", async () => {
    await outbound.call(input());
    const before = upstream.connections();
    for (let count = 0; count < 20; count++) await outbound.call(input());
    expect(upstream.connections()).toBe(before);
  });
});

describe("what an answer comes to", () => {
  const json = { "content-type": "application/json" };

  test.each<[what: string, answer: UpstreamAnswer, expected: object]>([
    ["JSON", { body: { a: [1] } }, { outcome: "succeeded", status: 200, body: { a: [1] }, durationMs: 0 }],
    ["text", { body: "fine" }, { outcome: "succeeded", body: "fine" }],
    ["nothing", { status: 204 }, { outcome: "succeeded", status: 204, body: null }],
    ["gzip", { body: gzipSync('{"a":1}'), headers: { ...json, "content-encoding": "gzip" } }, { body: { a: 1 } }],
    ["brotli", { body: brotliCompressSync('{"a":1}'), headers: { ...json, "content-encoding": "br" } }, { body: { a: 1 } }],
    [
      "headers",
      { headers: { "X-Request-Id": "r1", "X-Many": ["a", "b"] } },
      { headers: { "x-request-id": "r1", "x-many": "a, b" } },
    ],
    [
      "400",
      { status: 400, body: { message: "bad field" } },
      { outcome: "rejected", message: "answered 400 Bad Request: bad field" },
    ],
    ["404 with a page", { status: 404, body: "<html>" }, { outcome: "rejected", message: "answered 404 Not Found" }],
    [
      "422",
      { status: 422, body: { error: { message: "no" } } },
      { outcome: "rejected", message: "answered 422 Unprocessable Entity: no" },
    ],
    ["401", { status: 401, body: "who?" }, { outcome: "unauthorized", message: "answered 401 Unauthorized: who?" }],
    ["403", { status: 403, body: "no" }, { outcome: "forbidden", message: "answered 403 Forbidden: no" }],
    ["429", { status: 429, headers: { "retry-after": "3" } }, { outcome: "rate-limited", retryAfterMs: 3_000 }],
    [
      "429 until a date",
      { status: 429, headers: { "retry-after": new Date(now + 5_000).toUTCString() } },
      { retryAfterMs: 5_000 },
    ],
    ["429 with a window", { status: 429, headers: { "x-ratelimit-reset": String(now / 1_000 + 9) } }, { retryAfterMs: 9_000 }],
    ["429 without a word", { status: 429 }, { outcome: "rate-limited", retryAfterMs: null }],
    ["500", { status: 500, headers: { "x-ratelimit-reset": "9" } }, { outcome: "server-error", retryAfterMs: null }],
    ["503", { status: 503, headers: { "retry-after": "2" } }, { outcome: "server-error", status: 503, retryAfterMs: 2_000 }],
    ["content that cannot be decoded", { body: "x", headers: { "content-encoding": "gzip" } }, { outcome: "interrupted" }],
    ["a cut before the request was read", { cut: "before-reading" }, { outcome: "interrupted" }],
    ["a cut after the request was read", { cut: "after-reading" }, { outcome: "interrupted" }],
    ["a cut in the middle of the answer", { cut: "while-answering", body: "half" }, { outcome: "interrupted" }],
    ["a long body", { body: "x".repeat(100_001) }, { outcome: "too-large" }],
    [
      "a long body that is only announced",
      { drip: { everyMs: 500 }, headers: { "content-length": "100001" } },
      { outcome: "too-large" },
    ],
    ["F14 a bomb", { gzipBomb: 50_000_000 }, { outcome: "too-large" }],
    ["F14 long headers", { headers: { "x-long": "x".repeat(40_000) } }, { outcome: "too-large" }],
  ])("%s", async (_, answer, expected) => {
    upstream.next(answer);
    expect(await outbound.call(input())).toMatchObject(expected);
  });

  test.each([301, 302, 303, 307, 308])("F13: a %s is rejected, named and not followed", async (status) => {
    upstream.next({ status, headers: { location: "http://169.254.169.254/latest" } });
    expect(await outbound.call(input())).toMatchObject({
      outcome: "rejected",
      status,
      message: expect.stringContaining("a redirect to http://169.254.169.254/latest is not followed"),
    });
    expect(upstream.requests).toHaveLength(1);
  });

  test.each<[what: string, answer: UpstreamAnswer]>([
    ["no answer", { hang: true }],
    ["F14: an answer that drips", { drip: { everyMs: 5 } }],
  ])("%s is over when its time is", async (_, answer) => {
    upstream.next(answer);
    expect(await outbound.call(input({ timeoutMs: 80 }))).toMatchObject({ outcome: "timed-out" });
  });

  test("a stream without a length is cut at the cap", async () => {
    const small = createOutbound({ ...deps, maxResponseBytes: 3 });
    upstream.next({ drip: { everyMs: 1 } });
    expect(await small.call(input())).toMatchObject({ outcome: "too-large" });
    await small.close();
  });
});

describe("what was not sent", () => {
  test("a key with a character that has no UTF-8 form, in the query", async () => {
    const outcome = await outbound.call(
      input({
        connector: { ...open, auth: { kind: "api-key", displayName: "Key", key: "key", addTo: "query" } },
        connection: { ...connection, credentials: { apiKey: "odd-\ud800" } },
      }),
    );
    expect(outcome.outcome).toBe("succeeded");
    expect(upstream.requests.at(-1)?.path).toContain("key=odd-%EF%BF%BD");
  });

  test("a refused connection", async () => {
    const gone = await startFakeUpstream();
    await gone.close();
    const there = createOutbound({ ...deps, allowedHttpHosts: [gone.host] });
    const outcome = await there.call(input({ connector: { ...open, baseUrl: gone.url }, request: to(`${gone.url}/`) }));
    expect(outcome).toMatchObject({ outcome: "unreachable", message: expect.stringContaining("ECONNREFUSED") });
  });

  const named: Connector = { ...open, baseUrl: "https://api.example.com" };

  test("a name that does not resolve", async () => {
    const lost = createOutbound({ ...deps, resolveAll: (name, done) => done(new TypeError(`ENOTFOUND ${name}`), []) });
    const outcome = await lost.call(input({ connector: named, request: to("https://api.example.com/a") }));
    expect(outcome).toMatchObject({ outcome: "unreachable", message: "ENOTFOUND api.example.com" });
  });

  test("a name that takes longer than the call may", async () => {
    const slow = createOutbound({ ...deps, resolveAll: () => {} });
    const outcome = await slow.call(input({ connector: named, request: to("https://api.example.com/a"), timeoutMs: 20 }));
    expect(outcome).toMatchObject({ outcome: "unreachable", message: "no connection within 20 ms" });
  });

  test("F11: a name that resolves to a blocked address", async () => {
    const resolveAll: OutboundDeps["resolveAll"] = (_, done) => done(null, [{ address: "169.254.169.254", family: 4 }]);
    const guarded = createOutbound({ ...deps, resolveAll });
    const outcome = await guarded.call(input({ connector: named, request: to("https://api.example.com/a") }));
    expect(outcome).toMatchObject({ outcome: "blocked", reason: "egress", message: expect.stringContaining("169.254.169.254") });
  });

  test.each<[what: string, changes: Partial<CallInput>, reason: string]>([
    ["another host, e.g. the one of a URL in a verified event (S14)", { request: to("https://evil.example/items") }, "host"],
    ["another port", { request: to("http://127.0.0.1:1/items") }, "host"],
    ["a host that only begins the same", { request: to(`${upstream.url}1/items`) }, "host"],
    ["another host behind user information", { request: to(`${upstream.url}@evil.example/`) }, "host"],
    ["F20 a URL that is none", { request: to("/items") }, "host"],
    ["a base URL that is none", { connector: { ...open, baseUrl: "nonsense" } }, "host"],
    ["a base URL with http", { connector: { ...open, baseUrl: "http://api.example.com" } }, "http"],
    ["a private base URL", { connector: { ...open, baseUrl: "https://127.1" } }, "egress"],
    ["a base URL with an unusual port", { connector: { ...open, baseUrl: "https://api.example.com:22" } }, "port"],
    [
      "a sandbox that is not there",
      { connector: { ...open, sandbox: undefined }, connection: { ...connection, target: "sandbox" } },
      "host",
    ],
    ["F15 a header with a line break", { request: to(`${upstream.url}/a`, { "x-a": "1\r\nx-b: 2" }) }, "header"],
    ["F15 a header with NUL", { request: to(`${upstream.url}/a`, { "x-a": "1\0" }) }, "header"],
    ["a header's name with a line break", { request: to(`${upstream.url}/a`, { "x-a\r\nx-b": "1" }) }, "header"],
    ["another Host header", { request: to(`${upstream.url}/a`, { Host: "evil.example" }) }, "header"],
    ["a header that frames the message", { request: to(`${upstream.url}/a`, { "transfer-encoding": "chunked" }) }, "header"],
    ["an idempotency key in a header that frames", { idempotency: { header: "Transfer-Encoding", key: "chunked" } }, "header"],
    [
      "a credential in the Host header",
      {
        connector: { ...open, auth: { kind: "api-key", displayName: "Key", key: "Host", addTo: "header" } },
        connection: { ...connection, credentials: { apiKey: "evil.example" } },
      },
      "header",
    ],
    ["a call without its connection", { connector: withToken }, "connection"],
  ])("%s is blocked", async (_, changes, reason) => {
    const before = upstream.connections();
    expect(await outbound.call(input(changes))).toMatchObject({ outcome: "blocked", reason });
    expect(upstream.requests).toHaveLength(0);
    expect(upstream.connections()).toBe(before);
  });

  test("a call to the sandbox goes to the sandbox's host only", async () => {
    const live: Connector = { ...open, baseUrl: "https://api.example.com" };
    const sandboxed = { connector: live, connection: { ...connection, target: "sandbox" as const } };
    expect(await outbound.call(input(sandboxed))).toMatchObject({ outcome: "succeeded" });
    const outcome = await outbound.call(input({ ...sandboxed, request: to("https://api.example.com/items") }));
    expect(outcome).toMatchObject({ outcome: "blocked", reason: "host" });
  });

  test("a call that was canceled before", async () => {
    expect(await outbound.call(input({ signal: AbortSignal.abort() }))).toMatchObject({ outcome: "canceled" });
    expect(upstream.requests).toHaveLength(0);
  });

  test("anything after the close", async () => {
    const closed = createOutbound(deps);
    await closed.call(input());
    await closed.close();
    expect(await closed.call(input())).toMatchObject({ outcome: "unreachable" });
  });
});

test("a call can be canceled while the API works on it", async () => {
  upstream.next({ hang: true });
  const controller = new AbortController();
  const call = outbound.call(input({ signal: controller.signal }));
  await upstream.received(1);
  controller.abort();
  expect(await call).toMatchObject({ outcome: "canceled" });
});

describe("secrets", () => {
  const jwt = "header-part.payload-part.signature-part";
  /** Everything that an API could know of the call, back in every place and form (K6). */
  const echo: UpstreamAnswer = {
    status: 400,
    headers: {
      "x-echo": `Bearer ${jwt}`,
      "set-cookie": "session=fresh; HttpOnly",
      location: `/?p=${encodeURIComponent(credentials.password)}`,
    },
    body: {
      message: `wrong password ${credentials.password}`,
      base64: Buffer.from(`someone:${credentials.password}`).toString("base64"),
      [credentials.password]: { token: `\u00e9 ${jwt}` },
      user: credentials.username,
    },
  };

  test("K6: come back from nowhere", async () => {
    const fresh = createOutbound(deps);
    upstream.always(({ path }) => (path === "/authenticate" ? { body: { jwt } } : echo));
    const outcome = await fresh.call(input({ connector: withToken, connection }));
    expect(upstream.requests[1]?.headers.authorization).toBe(`Bearer ${jwt}`);
    expect(outcome).toMatchObject({
      outcome: "rejected",
      message: "answered 400 Bad Request: wrong password ***",
      headers: { "x-echo": "Bearer ***", "set-cookie": "***", location: "/?p=***" },
      body: { message: "wrong password ***", "***": { token: "é ***" }, user: "someone" },
    });
    expect(JSON.stringify(outcome)).not.toMatch(/pass-word-1|payload-part|cGFzcy13b3JkL|Bhc3Mtd29yZC|wYXNzLXdvcmQtM/);
    await fresh.close();
  });

  test("come back from nowhere when JSON escapes hide them", async () => {
    const fresh = createOutbound(deps);
    const escaped = `{"echo":"pass\\u002dword-1"}`;
    upstream.always(({ path }) => (path === "/authenticate" ? { body: { jwt } } : { body: Buffer.from(escaped) }));
    expect(await fresh.call(input({ connector: withToken, connection }))).toMatchObject({ body: { echo: "***" } });
    await fresh.close();
  });

  test("K8: are not in the outcome of a refused exchange", async () => {
    const fresh = createOutbound(deps);
    upstream.always({ ...echo, status: 401 });
    const outcome = await fresh.call(input({ connector: withToken, connection }));
    expect(outcome).toMatchObject({
      outcome: "unauthorized",
      status: 401,
      message: expect.stringContaining("token exchange: answered 401"),
    });
    expect(JSON.stringify(outcome)).not.toContain(credentials.password);
    await fresh.close();
  });
});
