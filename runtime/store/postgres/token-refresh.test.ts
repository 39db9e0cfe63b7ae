import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { TokenExchange } from "../../../shared/connector/auth-scheme.ts";
import type { Connector } from "../../../shared/connector/connector.ts";
import { newConnection } from "../../connections/create-connection.ts";
import { createLoadConnection } from "../../connections/load-connection.ts";
import { createTokenStore } from "../../connections/token-store.ts";
import { createVault } from "../../connections/vault.ts";
import { publishConnector } from "../../connectors/publish-connector.ts";
import { createIds } from "../../ids.ts";
import { createOutbound, type Outbound } from "../../outbound/call-endpoint.ts";
import { type FakeUpstream, startFakeUpstream, type UpstreamAnswer } from "../../testing/fake-upstream.ts";
import { testConnector } from "../../testing/test-engine.ts";
import { openTestPostgres, type TestPostgres } from "../../testing/test-postgres.ts";
import type { Pair } from "../pair.ts";

const hour = 3_600_000;
const workspace = "wsp_1";
const auth: TokenExchange = {
  kind: "token-exchange",
  fields: [{ key: "password", label: "Password", secret: true }],
  request: { method: "POST", path: "/authenticate", body: { password: "{{credentials.password}}" } },
  tokenPath: "token",
  expiresInMs: hour,
  placement: { header: "X-Token", prefix: "" },
};

/** One process: a pair with connections of its own, and everything that is kept in memory. */
type Node = { pair: Pair; outbound: Outbound; call(): Promise<number | string> };

let database: TestPostgres;
let upstream: FakeUpstream;
let connection: string;
let nodes: Node[];
let exchanges: number;
/** The token that the API takes: always the one it gave last. */
let valid: string;
/** What the answer of the n-th exchange waits for. */
let answerAfter: Record<number, Promise<void>>;
const masterKey = randomBytes(32);

beforeEach(async () => {
  [database, upstream] = await Promise.all([openTestPostgres(), startFakeUpstream()]);
  [nodes, exchanges, valid, answerAfter] = [[], 0, "", {}];
  upstream.always(({ path, headers }): UpstreamAnswer => {
    if (path === "/authenticate") {
      valid = `token-${++exchanges}`;
      return { body: { token: valid }, after: answerAfter[exchanges], delayMs: 30 };
    }
    return headers["x-token"] === valid ? { body: { exchange: exchanges } } : { status: 401 };
  });
  const { pair, clock } = database;
  const ids = createIds(clock);
  const published = await publishConnector({ sql: pair.sql, ids, clock }, workspace, connector());
  const made = await newConnection(
    { vault: vaultOn(pair), ids, clock },
    {
      workspace,
      connector: published.connector,
      auth,
      name: "Shared",
      target: "live",
      credentials: { password: "pass-word-1" },
      origin: upstream.url,
    },
  );
  await pair.sql.commit([made.statement]);
  connection = made.id;
  nodes = [addNode(pair), addNode(await database.another()), addNode(await database.another())];
});
afterEach(async () => {
  await Promise.all(nodes.map(({ outbound }) => outbound.close()));
  await upstream.close();
  await database.close();
});

function connector(): Connector {
  return { ...testConnector, baseUrl: upstream.url, auth };
}

function vaultOn({ sql }: Pair) {
  const { clock } = database;
  return createVault({ masterKey, masterKeyId: "test", sql, clock, ids: createIds(clock), randomBytes });
}

function addNode(pair: Pair): Node {
  const vault = vaultOn(pair);
  const { sql, lease, governor } = pair;
  const loadConnection = createLoadConnection({ sql, vault });
  const outbound = createOutbound({
    clock: database.clock,
    allowedHttpHosts: [upstream.host],
    sandboxes: {},
    tokens: createTokenStore({ sql, vault }),
    lease,
    governor,
    // Time passes for the database as well, so that leases end.
    async wait(ms) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20)));
      database.clock.advance(ms);
    },
  });
  return {
    pair,
    outbound,
    /** Gives the number of the exchange whose token the API took, or the outcome of a call that failed. */
    async call() {
      const outcome = await outbound.call({
        request: { method: "GET", url: `${upstream.url}/items`, headers: {}, body: null },
        connector: connector(),
        connection: await loadConnection(workspace, connection),
        idempotency: null,
        limitGroup: undefined,
        timeoutMs: 60_000_000,
        signal: new AbortController().signal,
      });
      return outcome.outcome === "succeeded" ? (outcome.body as { exchange: number }).exchange : outcome.outcome;
    },
  };
}

const node = (index: number) => nodes[index] ?? expect.fail("no such node");

it("is exchanged for once when 60 callers of three processes find it expired, and all get the new one", async () => {
  for (let round = 1; round <= 5; round++) {
    const got = await Promise.all(Array.from({ length: 60 }, (_, index) => node(index % 3).call()));
    expect(new Set(got)).toEqual(new Set([round]));
    expect(exchanges).toBe(round);
    database.clock.advance(hour);
  }
});

it("is exchanged for by another process when the one that holds the lease has died", async () => {
  const { lease } = node(0).pair;
  expect(await lease.take(`token:${connection}`, 30_000)).not.toBeNull();
  const got = await Promise.all([node(1).call(), node(2).call(), node(1).call()]);
  expect([got, exchanges]).toEqual([[1, 1, 1], 1]);
});

it("stays the newer one when a process that was held up comes back with its own", async () => {
  let answer: () => void = () => {};
  answerAfter[1] = new Promise((resolve) => {
    answer = resolve;
  });
  const late = node(0).call();
  await upstream.received(1);
  // Its lease has run out by now.
  database.clock.advance(31_000);
  expect(await node(1).call()).toBe(2);
  answer();
  expect(await late).toBe(2);
  expect(await node(2).call()).toBe(2);
  expect(exchanges).toBe(2);
});
