import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { TokenExchange } from "../../shared/connector/auth-scheme.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { Json } from "../../shared/json.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import type { NoToken, StoredToken, TokenStore } from "../connections/token-store.ts";
import type { Lease } from "../store/lease.ts";
import { createMemoryGovernor } from "../store/sqlite/memory-governor.ts";
import { startFakeUpstream, type UpstreamAnswer } from "../testing/fake-upstream.ts";
import { createOutbound } from "./call-endpoint.ts";
import { createTokens, type ExchangeRequest, type ExchangeResult } from "./token.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 1);
let now = start;
const clock = () => now;
beforeEach(() => {
  now = start;
});

const scheme: TokenExchange = {
  kind: "token-exchange",
  fields: [{ key: "password", label: "Password", secret: true }],
  request: {
    method: "POST",
    path: "/authenticate",
    body: { nested: ["{{credentials.user}}:{{credentials.password}}"], fixed: 1 },
  },
  tokenPath: "data.jwt",
  expiresInMs: hour,
  placement: { header: "X-Token", prefix: "" },
};
const credentials = { user: "someone", password: "pass-word-1" };

/** A store and a lease as several processes would share them. */
function createShared() {
  const rows = new Map<string, StoredToken | NoToken>();
  const held = new Set<string>();
  let reads = 0;
  let takes = 0;
  const store: TokenStore = {
    read: async (connection) => {
      reads++;
      return rows.get(connection) ?? null;
    },
    save: async (connection, token, expectedVersion) => {
      if ((rows.get(connection)?.version ?? 0) !== expectedVersion) return false;
      rows.set(connection, { ...token, version: expectedVersion + 1 });
      return true;
    },
    giveUp: async () => true,
    cool: async () => {},
  };
  const lease: Lease = {
    take: async (key) => {
      takes++;
      if (held.has(key)) return null;
      held.add(key);
      return { release: async () => void held.delete(key) };
    },
  };
  return { rows, held, store, lease, reads: () => reads, takes: () => takes };
}

/** Requests whose exchanges end when and how the test says. */
function createExchanges() {
  const bodies: Json[] = [];
  const open: ((result: ExchangeResult) => void)[] = [];
  const began = Promise.withResolvers<void>();
  const request: ExchangeRequest = {
    connection: "con",
    audience: "https://api.example.com",
    scheme,
    credentials,
    exchange: (body) => {
      bodies.push(body);
      began.resolve();
      return new Promise((resolve) => open.push(resolve));
    },
  };
  const answering = (answer: () => ExchangeResult): ExchangeRequest => ({
    ...request,
    exchange: async (body) => {
      bodies.push(body);
      return answer();
    },
  });
  return { bodies, request, began: began.promise, answering, finish: (result: ExchangeResult) => open.shift()?.(result) };
}

const issued = (token: string): ExchangeResult => ({ exchanged: "answered", status: 200, body: { data: { jwt: token } } });
const passing: ExchangeResult = { exchanged: "failed", outcome: { outcome: "unreachable", message: "down", durationMs: 0 } };
const noWait = async () => {};

describe("the life of a token", () => {
  test("the credentials are filled into the body, and the token is found at its path", async () => {
    const shared = createShared();
    const { bodies, answering } = createExchanges();
    const tokens = createTokens({ clock, ...shared, wait: noWait });
    expect(await tokens.current(answering(() => issued("t1")))).toEqual({ result: "token", token: "t1" });
    expect(bodies).toEqual([{ nested: ["someone:pass-word-1"], fixed: 1 }]);
    expect(shared.rows.get("con")).toEqual({ token: "t1", expiresAt: start + hour, version: 1 });
    expect(shared.held.size).toBe(0);
  });

  test("a fresh token is used from memory without a read", async () => {
    const shared = createShared();
    const { bodies, answering } = createExchanges();
    const tokens = createTokens({ clock, ...shared, wait: noWait });
    const request = answering(() => issued("t1"));
    await tokens.current(request);
    const before = shared.reads();
    expect(tokens.cached(request)).toBe("t1");
    await tokens.current({ ...request, credentials: { ...credentials } });
    expect([shared.reads(), bodies.length]).toEqual([before, 1]);
  });

  test.each([
    ["3 minutes, 5 % of an hour", hour, 180_000],
    ["a minute of a life of 10", 600_000, 60_000],
    ["half of a life of one minute", 60_000, 30_000],
  ])("is renewed before its end: %s", async (_, expiresInMs, marginMs) => {
    const { bodies, answering } = createExchanges();
    const tokens = createTokens({ clock, ...createShared(), wait: noWait });
    const request = { ...answering(() => issued(`t${bodies.length}`)), scheme: { ...scheme, expiresInMs } };
    await tokens.current(request);
    now = start + expiresInMs - marginMs - 1;
    expect(tokens.cached(request)).toBe("t1");
    now++;
    expect(await tokens.current(request)).toEqual({ result: "token", token: "t2" });
  });

  test("ends with a JWT's own times when they are shorter than declared, whatever the provider's clock says", async () => {
    const shared = createShared();
    const claims = Buffer.from(JSON.stringify({ iat: 5_000, exp: 5_600 })).toString("base64url");
    const { answering } = createExchanges();
    await createTokens({ clock, ...shared, wait: noWait }).current(answering(() => issued(`e30.${claims}.sig`)));
    expect(shared.rows.get("con")).toMatchObject({ expiresAt: start + 600_000 });
  });

  test("a stored token serves another process, and one after a restart", async () => {
    const shared = createShared();
    const { bodies, answering } = createExchanges();
    const request = answering(() => issued("t1"));
    await createTokens({ clock, ...shared, wait: noWait }).current(request);
    expect(await createTokens({ clock, ...shared, wait: noWait }).current(request)).toEqual({ result: "token", token: "t1" });
    expect(bodies).toHaveLength(1);
  });

  test("changed credentials, or another API, get no token from memory", async () => {
    const shared = createShared();
    const { answering } = createExchanges();
    const tokens = createTokens({ clock, ...shared, wait: noWait });
    const request = answering(() => issued("t1"));
    await tokens.current(request);
    expect(tokens.cached({ ...request, credentials: { ...credentials, password: "other" } })).toBeNull();
    expect(tokens.cached({ ...request, audience: "http://127.0.0.1:8421" })).toBeNull();
  });
});

describe("single flight", () => {
  test("many callers in one process share an exchange", async () => {
    const shared = createShared();
    const { bodies, request, began, finish } = createExchanges();
    const tokens = createTokens({ clock, ...shared, wait: noWait });
    const callers = Array.from({ length: 50 }, () => tokens.current(request));
    await began;
    finish(issued("t1"));
    expect(new Set((await Promise.all(callers)).map((result) => JSON.stringify(result)))).toHaveLength(1);
    expect([bodies.length, shared.takes()]).toEqual([1, 1]);
  });

  test("credentials that changed during an exchange get a token of their own, and the old ones' is not stored", async () => {
    const shared = createShared();
    const { bodies, request, began, finish, answering } = createExchanges();
    const tokens = createTokens({ clock, ...shared, wait: noWait });
    const old = tokens.current(request);
    await began;
    shared.rows.set("con", { token: null, version: 1 });
    const changed = tokens.current({ ...answering(() => issued("new")), credentials: { ...credentials, password: "other" } });
    finish(issued("old"));
    expect(await Promise.all([old, changed])).toEqual([
      { result: "token", token: "old" },
      { result: "token", token: "new" },
    ]);
    expect(bodies).toHaveLength(2);
    expect(shared.rows.get("con")).toMatchObject({ token: "new", version: 2 });
  });

  test("another process waits for the lease's holder and takes its token", async () => {
    const shared = createShared();
    const { bodies, request, began, finish } = createExchanges();
    const waits: number[] = [];
    const first = createTokens({ clock, ...shared, wait: noWait }).current(request);
    await began;
    const wait = async (ms: number) => {
      waits.push(ms);
      // The holder finishes while the other waits for the second time.
      if (waits.length === 2) finish(issued("t1"));
      await Promise.resolve();
    };
    const second = createTokens({ clock, ...shared, wait }).current(request);
    expect([await first, await second]).toEqual([
      { result: "token", token: "t1" },
      { result: "token", token: "t1" },
    ]);
    expect(bodies).toHaveLength(1);
    expect(waits.slice(0, 2)).toEqual([50, 100]);
  });

  test("waiting for a holder that never ends is bounded, and nothing was sent then", async () => {
    const shared = createShared();
    shared.held.add("token:con");
    let waited = 0;
    const wait = async (ms: number) => {
      waited += ms;
    };
    const result = await createTokens({ clock, ...shared, wait }).current(createExchanges().request);
    expect(result).toMatchObject({ result: "failed", outcome: { outcome: "unreachable" } });
    expect(waited).toBeGreaterThan(30_000);
    expect(waited).toBeLessThan(40_000);
  });

  test("a token saved by another meanwhile is not overwritten, and is the one that counts", async () => {
    const shared = createShared();
    const { request, began, finish } = createExchanges();
    const tokens = createTokens({ clock, ...shared, wait: noWait });
    const result = tokens.current(request);
    await began;
    shared.rows.set("con", { token: "newer", expiresAt: start + hour, version: 7 });
    finish(issued("t1"));
    expect(await result).toEqual({ result: "token", token: "newer" });
    expect(shared.rows.get("con")).toMatchObject({ token: "newer", version: 7 });
    expect(tokens.cached(request)).toBe("newer");
  });

  test("a token that cannot be stored still serves this process", async () => {
    const shared = createShared();
    const { bodies, answering } = createExchanges();
    const tokens = createTokens({ clock, ...shared, store: { ...shared.store, save: async () => false }, wait: noWait });
    const request = answering(() => issued("t1"));
    await tokens.current(request);
    await tokens.current(request);
    expect(bodies).toHaveLength(1);
  });

  test("the lease is released when the exchange fails, and the next caller tries anew", async () => {
    const shared = createShared();
    const { bodies, answering } = createExchanges();
    const tokens = createTokens({ clock, ...shared, wait: noWait });
    expect(await tokens.current(answering(() => passing))).toMatchObject({ result: "failed" });
    expect(shared.held.size).toBe(0);
    expect(await tokens.current(answering(() => issued("t1")))).toMatchObject({ token: "t1" });
    expect(bodies).toHaveLength(2);
  });
});

describe("failures", () => {
  test("a token in its margin still serves while the token endpoint is down, an expired one does not", async () => {
    const { answering } = createExchanges();
    const tokens = createTokens({ clock, ...createShared(), wait: noWait });
    await tokens.current(answering(() => issued("t1")));
    now = start + hour - 1;
    expect(await tokens.current(answering(() => passing))).toEqual({ result: "token", token: "t1" });
    now = start + hour;
    expect(await tokens.current(answering(() => passing))).toMatchObject({ result: "failed", outcome: { message: "down" } });
  });

  test.each<[what: string, body: Json]>([
    ["no token at the path", { jwt: "secret-elsewhere" }],
    ["a token that is no text", { data: { jwt: 7 } }],
    ["an empty token", { data: { jwt: "" } }],
    ["text", "secret-elsewhere"],
  ])("an answer with %s is no token, and is not shown", async (_, body) => {
    const { answering } = createExchanges();
    const result = await createTokens({ clock, ...createShared(), wait: noWait }).current(
      answering(() => ({ exchanged: "answered", status: 200, body })),
    );
    expect(result).toMatchObject({ result: "failed", outcome: { outcome: "unauthorized", body: null } });
    expect(JSON.stringify(result)).not.toContain("secret-elsewhere");
  });
});

describe("renewal after a 401", () => {
  test("exchanges once when the failed token is the stored one", async () => {
    const { bodies, answering } = createExchanges();
    const tokens = createTokens({ clock, ...createShared(), wait: noWait });
    const request = answering(() => issued(`t${bodies.length}`));
    await tokens.current(request);
    expect(await Promise.all([tokens.renew(request, "t1"), tokens.renew(request, "t1")])).toEqual([
      { result: "token", token: "t2" },
      { result: "token", token: "t2" },
    ]);
    expect(bodies).toHaveLength(2);
    expect(tokens.cached(request)).toBe("t2");
  });

  test("takes a newer stored token without an exchange", async () => {
    const shared = createShared();
    const { bodies, answering } = createExchanges();
    const tokens = createTokens({ clock, ...shared, wait: noWait });
    const request = answering(() => issued("t1"));
    await tokens.current(request);
    shared.rows.set("con", { token: "t9", expiresAt: start + hour, version: 2 });
    expect(await tokens.renew(request, "t1")).toEqual({ result: "token", token: "t9" });
    expect(bodies).toHaveLength(1);
  });
});

describe("calls with a token", () => {
  let valid = "";
  let exchanges = 0;
  let down = false;
  const api = startFakeUpstream();
  afterAll(async () => (await api).close());
  beforeEach(async () => {
    const upstream = await api;
    [exchanges, valid, down] = [0, "", false];
    upstream.requests.length = 0;
    upstream.always(({ path, headers }): UpstreamAnswer => {
      if (path === "/base/authenticate") {
        if (down) return { status: 503 };
        valid = `token-number-${++exchanges}`;
        return { body: { data: { jwt: valid } } };
      }
      return headers["x-token"] === valid ? { body: { ok: true } } : { status: 401 };
    });
  });

  async function connect(shared: Pick<ReturnType<typeof createShared>, "store" | "lease"> = createShared()) {
    const upstream = await api;
    const connector: Connector = {
      schemaVersion: 1,
      key: "fake",
      name: "Fake",
      description: "",
      baseUrl: `${upstream.url}/base/`,
      auth: scheme,
      endpoints: [],
      incomingWebhooks: [],
    };
    const place = { target: "live", origin: upstream.url } as const;
    const connection: LoadedConnection = {
      id: "con",
      workspace: "ws",
      connector: "fake",
      account: null,
      since: 0,
      variables: {},
      baseUrl: null,
      client: null,
      ...place,
      credentials,
    };
    const outbound = createOutbound({
      clock,
      allowedHttpHosts: [upstream.host],
      sandboxes: {},
      tokens: shared.store,
      lease: shared.lease,
      governor: createMemoryGovernor(clock),
    });
    const call = (timeoutMs = 2_000, signal = new AbortController().signal) =>
      outbound.call({
        request: { method: "GET", url: `${upstream.url}/base/items`, headers: { "x-token": "forged" }, body: null },
        connector,
        connection,
        idempotency: { header: "Idempotency-Key", key: "k1" },
        limitGroup: undefined,
        timeoutMs,
        signal,
      });
    return { upstream, outbound, call };
  }

  test("the token goes into the declared header, over one of the request", async () => {
    const { call, upstream } = await connect();
    expect(await call()).toMatchObject({ outcome: "succeeded" });
    expect(upstream.requests.at(-1)?.headers["x-token"]).toBe("token-number-1");
  });

  test("a revoked token is renewed once, and the call is sent again with the same key", async () => {
    const { call, upstream } = await connect();
    await call();
    valid = "revoked";
    expect(await call()).toMatchObject({ outcome: "succeeded" });
    expect(exchanges).toBe(2);
    expect(upstream.countBy("idempotency-key")).toEqual(new Map([["k1", 3]]));
  });

  test("many calls whose token was revoked renew it once", async () => {
    const { call } = await connect();
    await call();
    valid = "revoked";
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => call()));
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(["succeeded"]));
    expect(exchanges).toBe(2);
  });

  test("a second 401 is final", async () => {
    const { call, upstream } = await connect();
    upstream.always(({ path }) => (path === "/base/authenticate" ? { body: { data: { jwt: "never-good" } } } : { status: 401 }));
    expect(await call()).toMatchObject({ outcome: "unauthorized", status: 401 });
    expect(upstream.requests.filter(({ path }) => path === "/base/items")).toHaveLength(2);
    expect(upstream.requests.filter(({ path }) => path === "/base/authenticate")).toHaveLength(2);
  });

  test("a token that was renewed within a call is said with its time", async () => {
    const { call } = await connect();
    expect(await call()).not.toHaveProperty("tokenRenewedAt");
    valid = "revoked";
    expect(await call()).toMatchObject({ outcome: "succeeded", tokenRenewedAt: now });
  });

  test("a 403 asks for no new token", async () => {
    const { call, upstream } = await connect();
    upstream.always(({ path }) => (path === "/base/authenticate" ? { body: { data: { jwt: "good" } } } : { status: 403 }));
    const outcome = await call();
    expect(outcome).toMatchObject({ outcome: "forbidden", status: 403 });
    expect(outcome).not.toHaveProperty("tokenRenewedAt");
    expect(upstream.requests.map(({ path }) => path)).toEqual(["/base/authenticate", "/base/items"]);
  });

  test("a token endpoint that is down means that the call was not sent", async () => {
    const { call, upstream } = await connect();
    down = true;
    expect(await call()).toMatchObject({ outcome: "unreachable", message: "token exchange: answered 503 Service Unavailable" });
    expect(upstream.requests).toHaveLength(1);
  });

  test.each([
    [
      { status: 403, body: "no" },
      { outcome: "unauthorized", status: 403, message: "token exchange: answered 403 Forbidden: no" },
    ],
    [
      { status: 302, headers: { location: "https://elsewhere.example" } },
      { outcome: "unauthorized", status: 302 },
    ],
    [
      { status: 429, headers: { "retry-after": "1" } },
      { outcome: "rate-limited", retryAfterMs: 1_000 },
    ],
  ])("an exchange answered with %o decides the call", async (answer, expected) => {
    const { call, upstream } = await connect();
    upstream.always(answer);
    expect(await call()).toMatchObject(expected);
    expect(upstream.requests).toHaveLength(1);
  });

  test("waiting for a token counts against the call's time, and ends with its cancellation", async () => {
    const { call, upstream } = await connect();
    upstream.always({ hang: true });
    expect(await call(20)).toMatchObject({ outcome: "unreachable", message: "no token within 20 ms" });
    const controller = new AbortController();
    const waiting = call(2_000, controller.signal);
    controller.abort();
    expect(await waiting).toMatchObject({ outcome: "canceled" });
    expect(await call(2_000, AbortSignal.abort())).toMatchObject({ outcome: "canceled" });
  });

  test("a fault of the token store is a fault, not an outcome", async () => {
    const { store, lease } = createShared();
    const { call } = await connect({ store: { ...store, read: () => Promise.reject(new TypeError("disk")) }, lease });
    await expect(call()).rejects.toThrow("disk");
  });
});
