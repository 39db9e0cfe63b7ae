import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TokenExchange } from "../../shared/connector/auth-scheme.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import { createMemoryGovernor } from "../store/sqlite/memory-governor.ts";
import { type FakeUpstream, startFakeUpstream } from "../testing/fake-upstream.ts";
import { type CallInput, createOutbound, type Outbound } from "./call-endpoint.ts";

let upstream: FakeUpstream;
let outbound: Outbound;
/** Another process, with the same governor. */
let other: Outbound;
let now: number;
let waits: number[];

beforeEach(async () => {
  now = 1_000_000;
  waits = [];
  const clock = () => now;
  upstream = await startFakeUpstream();
  const deps = {
    clock,
    allowedHttpHosts: [upstream.host],
    sandboxes: {},
    tokens: { read: async () => null, save: async () => true, giveUp: async () => true, cool: async () => {} },
    lease: { take: async () => ({ release: async () => {} }) },
    governor: createMemoryGovernor(clock),
    wait: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
  };
  outbound = createOutbound(deps);
  other = createOutbound(deps);
});
afterEach(async () => {
  await Promise.all([outbound.close(), other.close()]);
  await upstream.close();
});

const perSecond = { windows: [{ limit: 2, perMs: 1_000 }] };
const perMinute = { windows: [{ limit: 1, perMs: 60_000 }] };

function input(changes: Partial<CallInput> & { limits?: Connector["limits"] } = {}): CallInput {
  const { limits = [perSecond], ...more } = changes;
  return {
    request: { method: "GET", url: `${upstream.url}/items`, headers: {}, body: null },
    connector: {
      schemaVersion: 1,
      key: "fake",
      name: "Fake",
      description: "",
      baseUrl: upstream.url,
      auth: { kind: "none" },
      limits,
      endpoints: [],
      incomingWebhooks: [],
    },
    connection: null,
    idempotency: null,
    limitGroup: undefined,
    timeoutMs: 400,
    signal: new AbortController().signal,
    ...more,
  };
}

function connection(more: Partial<LoadedConnection>): LoadedConnection {
  const place = { workspace: "ws", connector: "fake", target: "live", origin: upstream.url } as const;
  return { id: "con", account: null, since: 0, variables: {}, baseUrl: null, client: null, credentials: {}, ...place, ...more };
}

describe("an API that says that nothing is left", () => {
  const none = { status: 200, headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30" }, body: {} };
  const admission = (changes: Partial<CallInput> = {}) => ({ ...input({ limits: [], ...changes }), atMostMs: 1_000 });

  test("gets no call of the account before its reset, from no process", async () => {
    const ours = connection({ id: "con_1", account: "acme" });
    upstream.next(none);
    expect(await outbound.call(input({ limits: [], connection: ours }))).toMatchObject({ outcome: "succeeded" });
    for (const process of [outbound, other])
      expect(await process.admit(admission({ connection: ours }))).toEqual({ passed: "not-before", waitMs: 30_000 });
    expect(await other.admit(admission({ connection: connection({ id: "con_2", account: "others" }) }))).toMatchObject({
      passed: "yes",
    });
    now += 30_000;
    expect(await other.admit(admission({ connection: ours }))).toMatchObject({ passed: "yes" });
  });
});

const paths = () => upstream.requests.map(({ path }) => path);

describe("a call whose turn is later", () => {
  test("waits for it, and its own time begins only then", async () => {
    await outbound.call(input());
    expect(await outbound.call(input({ timeoutMs: 100 }))).toMatchObject({ outcome: "succeeded", durationMs: 0 });
    expect(waits).toEqual([505]);
  });

  test("is not sent when it would have to wait for too long, and says when it may come again", async () => {
    await outbound.call(input({ limits: [perMinute] }));
    expect(await outbound.call(input({ limits: [perMinute] }))).toEqual({
      outcome: "over-quota",
      message: "nothing was sent: the account's limit (1 per 60 s) is used up for the next 61 s",
      retryAfterMs: 60_250,
      durationMs: 0,
    });
    expect([waits, paths()]).toEqual([[], ["/items"]]);
  });

  test("is canceled while it waits", async () => {
    await outbound.call(input());
    expect(await outbound.call(input({ signal: AbortSignal.abort() }))).toMatchObject({ outcome: "canceled" });
    expect(paths()).toHaveLength(1);
  });

  test("is one of those that really go out: what our guard blocks takes nobody's place", async () => {
    const request = { method: "GET", url: "https://elsewhere.example/", headers: {}, body: null };
    for (let count = 0; count < 5; count++) expect(await outbound.call(input({ request }))).toMatchObject({ outcome: "blocked" });
    await outbound.call(input());
    expect(waits).toEqual([]);
  });
});

describe("a permit", () => {
  const admit = (call: CallInput) => outbound.admit({ ...call, atMostMs: 1_000 });

  test("is asked for before the call, which then goes at once", async () => {
    const call = input();
    await outbound.call(call);
    const passed = await admit(call);
    if (passed.passed !== "yes") return expect.unreachable();
    // A little before its moment, so that the call can be noted down.
    expect(waits).toEqual([490]);
    await outbound.call({ ...call, permit: passed.permit });
    expect(waits).toEqual([490, 15]);
  });

  test("is refused with the time to wait when its turn is too far", async () => {
    const call = input({ limits: [perMinute] });
    await outbound.call(call);
    expect(await admit(call)).toEqual({ passed: "not-before", waitMs: 60_250 });
  });

  test("is no longer good when its call was held up, which then takes another place", async () => {
    const call = input();
    const passed = await admit(call);
    if (passed.passed !== "yes") return expect.unreachable();
    now += 200;
    await outbound.call({ ...call, permit: passed.permit });
    expect(waits).toEqual([305]);
  });

  test("is good for one request: a second one after a renewed token takes another place", async () => {
    const { connector } = input({ limits: [perSecond] });
    const call = {
      ...input(),
      connector: { ...connector, auth: exchange({}) },
      connection: connection({ credentials: { user: "a" } }),
    };
    let tokens = 0;
    upstream.always(({ path, headers }) => {
      if (path === "/token") return { body: { token: `t${++tokens}` } };
      return headers["x-token"] === "t1" ? { status: 401 } : {};
    });
    const passed = await admit(call);
    if (passed.passed !== "yes") return expect.unreachable();
    expect(await outbound.call({ ...call, permit: passed.permit })).toMatchObject({ outcome: "succeeded" });
    expect(paths()).toEqual(["/token", "/items", "/token", "/items"]);
    expect(waits).toEqual([505]);
  });
});

function exchange(more: Partial<TokenExchange>): TokenExchange {
  return {
    kind: "token-exchange",
    fields: [
      { key: "username", label: "User name", secret: false },
      { key: "password", label: "Password", secret: true },
    ],
    request: { method: "POST", path: "/token", body: {} },
    tokenPath: "token",
    expiresInMs: 3_600_000,
    placement: { header: "X-Token", prefix: "" },
    ...more,
  };
}

describe("an exchange of credentials", () => {
  function check(limits: Connector["limits"], id: string) {
    const scheme = exchange({ limitGroup: "tokens" });
    const { connector } = input({ limits });
    const credentials = { username: "ada", password: `secret of ${id}` };
    return outbound.renewToken({
      connector: { ...connector, auth: scheme },
      scheme,
      connection: connection({ id, credentials }),
    });
  }
  beforeEach(() => upstream.always({ body: { token: "t" } }));

  test("counts in the limit that its scheme names, for all connections of one user", async () => {
    const limits = [{ ...perSecond, group: "tokens" }];
    expect(await check(limits, "con_1")).toBeNull();
    expect(await check(limits, "con_2")).toBeNull();
    expect([waits, paths()]).toEqual([[505], ["/token", "/token"]]);
  });

  test("is not sent when its turn is too far, and says so", async () => {
    const limits = [{ ...perMinute, group: "tokens" }];
    await check(limits, "con_1");
    expect(await check(limits, "con_2")).toMatchObject({
      outcome: "over-quota",
      message: expect.stringMatching(/^token exchange: nothing was sent/),
    });
    expect(paths()).toHaveLength(1);
  });
});

test.each<[what: string, one: Partial<LoadedConnection>, other: Partial<LoadedConnection>, shared: boolean]>([
  [
    "one account in two workspaces",
    { id: "a", account: "ada", workspace: "1" },
    { id: "b", account: "ada", workspace: "2" },
    true,
  ],
  ["two accounts", { id: "a", account: "ada" }, { id: "b", account: "bo" }, false],
  ["two connections of unknown accounts", { id: "a" }, { id: "b" }, false],
])("%s: counted together or apart", async (_, one, other, shared) => {
  const { connector } = input();
  const credentials = { token: "t" };
  const call = (more: Partial<LoadedConnection>) =>
    outbound.call({
      ...input(),
      connector: { ...connector, auth: { kind: "bearer" } },
      connection: connection({ credentials, ...more }),
    });
  await call(one);
  expect(await call(other)).toMatchObject({ outcome: "succeeded" });
  expect(waits).toEqual(shared ? [505] : []);
});
