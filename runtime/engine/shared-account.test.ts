import { afterEach, beforeEach, expect, it } from "vitest";
import type { Connector } from "../../shared/connector/connector.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import { createOutbound, type Outbound } from "../outbound/call-endpoint.ts";
import { type FakeUpstream, startFakeUpstream } from "../testing/fake-upstream.ts";
import { mostInAnyStretch } from "../testing/most-in-any-stretch.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { testConnector } from "../testing/test-engine.ts";
import { createTestWaits } from "../testing/test-timers.ts";
import { createManualTimers } from "./manual-timers.ts";

let database: TestDatabase;
let upstream: FakeUpstream;
let outbound: Outbound;
let arrivals: number[];
let ticking: NodeJS.Timeout;

beforeEach(async () => {
  [database, upstream] = await Promise.all([openTestDatabase(), startFakeUpstream()]);
  const { pair, clock } = database;
  const timers = createManualTimers(clock);
  outbound = createOutbound({
    clock,
    allowedHttpHosts: [upstream.host],
    sandboxes: {},
    tokens: { read: async () => null, save: async () => true, giveUp: async () => true, cool: async () => {} },
    lease: pair.lease,
    governor: pair.governor,
    wait: createTestWaits(timers).wait,
  });
  arrivals = [];
  upstream.always(() => {
    arrivals.push(clock());
    return {};
  });
  // What counts here is when requests really come in, by a clock that stands still while this process is held up.
  ticking = setInterval(() => {
    clock.advance(1);
    timers.fire();
  }, 1);
});
afterEach(async () => {
  clearInterval(ticking);
  await outbound.close();
  await Promise.all([database.close(), upstream.close()]);
});

function call(connection: Partial<LoadedConnection>) {
  const connector: Connector = {
    ...testConnector,
    baseUrl: upstream.url,
    auth: { kind: "bearer" },
    limits: [{ windows: [{ limit: 25, perMs: 1_000 }] }],
  };
  const place = { workspace: "wsp_1", connector: "upstream", target: "live", origin: upstream.url } as const;
  return outbound.call({
    request: { method: "GET", url: `${upstream.url}/items`, headers: {}, body: null },
    connector,
    connection: {
      id: "con",
      account: null,
      since: 0,
      variables: {},
      baseUrl: null,
      client: null,
      credentials: { token: "t" },
      ...place,
      ...connection,
    },
    idempotency: null,
    limitGroup: undefined,
    timeoutMs: 500,
    signal: new AbortController().signal,
  });
}
const secondsOf = (times: number[]) => (Math.max(...times) - Math.min(...times)) / 1_000;

it("lets two connections of one account make 25 calls a second together, and hardly fewer", async () => {
  const connections = [
    { id: "con_1", workspace: "wsp_1", account: "ada@example.com" },
    { id: "con_2", workspace: "wsp_2", account: "ada@example.com" },
  ];
  const calls = Array.from({ length: 60 }, (_, index) => call(connections[index % 2] ?? {}));
  const outcomes = new Set((await Promise.all(calls)).map(({ outcome }) => outcome));
  // Also those that waited for more than the 500 ms that a call may take.
  expect(outcomes).toEqual(new Set(["succeeded"]));
  expect(mostInAnyStretch(arrivals, 1_000)).toBeLessThanOrEqual(25);
  expect(secondsOf(arrivals)).toBeLessThan(60 / 25 + 0.15);
}, 30_000);

it("lets connections of two accounts, or of no known one, go independently", async () => {
  const connections = [{ account: "ada@example.com" }, { account: "bo@example.com" }, { id: "con_1" }, { id: "con_2" }];
  await Promise.all(Array.from({ length: 40 }, (_, index) => call(connections[index % 4] ?? {})));
  expect(secondsOf(arrivals)).toBeLessThan(0.6);
}, 30_000);
