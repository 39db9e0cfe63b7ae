import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Connector } from "../../shared/connector/connector.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { createLoadConnection } from "../connections/load-connection.ts";
import { createTokenStore } from "../connections/token-store.ts";
import { createVault } from "../connections/vault.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createLoadVersion } from "../flows/load-version.ts";
import { pauseFlow, resumeFlow } from "../flows/pause-flow.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import { createIds } from "../ids.ts";
import { createOutbound } from "../outbound/call-endpoint.ts";
import { type FakeUpstream, startFakeUpstream } from "../testing/fake-upstream.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { testFlow } from "../testing/test-engine.ts";
import { createIngestAll } from "./ingest.ts";
import { lookNow, type PollDeps, pollDue, waitMs } from "./poll.ts";
import { listTimerRows } from "./timer-rows.ts";

const workspace = "wsp_1";
const minute = 60_000;
const never = new AbortController().signal;
let database: TestDatabase;
let upstream: FakeUpstream;
let deps: PollDeps;
beforeEach(async () => {
  database = await openTestDatabase();
  upstream = await startFakeUpstream();
  const { pair, clock } = database;
  const { sql } = pair;
  const ids = createIds(clock);
  const vault = createVault({ masterKey: randomBytes(32), masterKeyId: "test", sql, clock, ids, randomBytes });
  const outbound = createOutbound({
    clock,
    allowedHttpHosts: [upstream.host],
    sandboxes: {},
    tokens: createTokenStore({ sql, vault }),
    lease: pair.lease,
    governor: pair.governor,
  });
  deps = {
    sql,
    ids,
    clock,
    outbound,
    sandboxes: {},
    ingestAll: createIngestAll({ engine: pair.engine, ids }),
    loadVersion: createLoadVersion(sql),
    loadConnection: createLoadConnection({ sql, vault }),
    report: (_, error) => expect.fail(String(error)),
  };
});
afterEach(async () => {
  await deps.outbound.destroy();
  await upstream.close();
  await database.close();
});

const parameter = (key: string) => ({ key, name: key, in: "query", type: "string", required: false });

type Published = { source?: object; endpoint?: object; flow?: string; trigger?: string };

async function publish({ source = {}, endpoint = {}, flow, trigger = "person" }: Published = {}) {
  const { number } = await publishConnector(
    deps,
    workspace,
    Connector.parse({
      schemaVersion: 1,
      key: "crm",
      name: "CRM",
      description: "",
      baseUrl: upstream.url,
      auth: { kind: "none" },
      endpoints: [
        {
          key: "people",
          name: "People",
          method: "GET",
          path: "/people",
          parameters: ["since", "list", "page"].map(parameter),
          ...endpoint,
        },
      ],
      incomingWebhooks: [
        {
          key: "rest",
          name: "Rest",
          kind: "resthook",
          recipe: { kind: "url-secret" },
          resthook: { subscribe: { endpoint: "people" }, unsubscribe: { endpoint: "people" }, fallback: "person" },
        },
      ],
      triggers: [
        {
          key: "pushed",
          name: "Pushed",
          source: { kind: "webhook", webhook: "rest" },
          form: [{ key: "list", name: "List" }],
        },
        {
          key: "person",
          name: "New person",
          form: [{ key: "list", name: "List" }],
          source: {
            kind: "poll",
            endpoint: "people",
            inputs: { since: "{{cursor}}", list: "{{inputs.list}}" },
            itemsPath: "data",
            dedupePath: "id",
            cursor: { path: "at", of: "greatest-item" },
            intervalMs: 5 * minute,
            ...source,
          },
        },
      ],
    }),
  );
  const node = FlowNode.parse({
    id: "found",
    name: "Found",
    position: { x: 0, y: 0 },
    kind: "app-trigger",
    connector: "crm",
    trigger,
    connection: null,
    inputs: { list: "new" },
  });
  const id = flow ?? (await createFlow(deps, { workspace, name: "Polled", description: "" }));
  await publishFlow(deps, { workspace, flow: id, document: { ...testFlow([node], []), pins: { crm: number } } });
  return id;
}
const person = (id: number) => ({ id, at: `2027-01-${String(id).padStart(2, "0")}` });
const lists = (...ids: number[]) => ({ body: { data: ids.map(person) } });
/** Ids of the items that runs were started for, in their order. */
async function started(): Promise<Json[]> {
  const rows = await deps.sql.read<{ body: Uint8Array }>(
    `SELECT e.body FROM events e JOIN runs r ON r.event_id = e.id ORDER BY r.id`,
  );
  return rows.map(({ body }) => JSON.parse(Buffer.from(body).toString()).id);
}
async function look(afterMs = 0): Promise<void> {
  database.clock.advance(afterMs);
  await pollDue(deps, never);
}
const timer = async (flow: string) => (await listTimerRows(deps.sql, flow))[0];

describe("a polling trigger", () => {
  test("learns at the first look what is there, and starts a run for each item that is new afterwards, oldest first", async () => {
    const flow = await publish();
    upstream.next(lists(2, 1), lists(4, 3, 2, 1), lists(4, 3));
    await look();
    expect(await started()).toEqual([]);
    await look(5 * minute);
    expect(await started()).toEqual([3, 4]);
    await look(5 * minute);
    expect(await started()).toEqual([3, 4]);
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      "/people?list=new",
      "/people?since=2027-01-02&list=new",
      "/people?since=2027-01-04&list=new",
    ]);
    expect(await timer(flow)).toEqual({
      node: "found",
      kind: "poll",
      state: "active",
      reason: null,
      dueAt: database.clock() + 5 * minute,
      lastAt: database.clock(),
      cursor: "2027-01-04",
    });
  });

  test("takes what is there at first where it should", async () => {
    await publish({ source: { seeding: "take", cursor: undefined } });
    upstream.always(lists(2, 1));
    await look();
    // Without a cursor lists begin with the newest.
    expect(await started()).toEqual([1, 2]);
  });

  test("starts a run for each item, whatever names it", async () => {
    await publish({ source: { seeding: "take" } });
    const ids = [1, "x".repeat(5_000), `${"x".repeat(5_000)}y`, "a\u0000b", "a\u0000c", "\ud800", { of: 1 }, "2"];
    upstream.always({ body: { data: ids.map((id) => ({ id })) } });
    for (let looks = 0; looks < 2; looks += 1) {
      await look(6 * minute);
      expect((await started()).sort()).toEqual(ids.toSorted());
    }
  });

  test("keeps no cursor that no request could carry", async () => {
    const flow = await publish({ source: { seeding: "take", cursor: { path: "next", of: "answer" } } });
    upstream.always({ body: { data: [person(1)], next: "x".repeat(100_000) } });
    await look();
    expect(await timer(flow)).toMatchObject({ state: "failing", reason: expect.stringContaining("cursor"), cursor: null });
    expect(await started()).toEqual([]);
  });

  test("looks on one node alone, and not before its time", async () => {
    await publish({ source: { seeding: "take" } });
    upstream.always(lists(1));
    await Promise.all([pollDue(deps, never), pollDue(deps, never)]);
    await look(minute);
    expect(upstream.requests).toHaveLength(1);
  });

  test("starts nothing twice when a process ends between the events and the cursor", async () => {
    const flow = await publish({ source: { seeding: "take" } });
    upstream.always(lists(2, 1));
    const before = { ...deps, ingestAll: deps.ingestAll };
    await pollDue(before, never);
    // As if the last commit of the look had not come about.
    await deps.sql.commit([
      {
        text: `UPDATE trigger_timers SET cursor = NULL, seeded = 0, due_at = $1, lease_until = $2`,
        params: [0, database.clock() + minute],
      },
    ]);
    await look();
    expect(upstream.requests).toHaveLength(1);
    await look(2 * minute);
    expect(upstream.requests).toHaveLength(2);
    expect(await started()).toEqual([1, 2]);
    expect(await timer(flow)).toMatchObject({ cursor: "2027-01-02" });
  });

  test("follows the pages of the list, ten of them at the most, and says so", async () => {
    const pagination = { kind: "page", items: "data", parameter: "page", first: 1 };
    const flow = await publish({ source: { seeding: "take" }, endpoint: { pagination } });
    upstream.next(lists(3), lists(2), lists());
    await look();
    expect(await started()).toEqual([2, 3]);
    upstream.always(({ path }) => lists(100 + Number(new URL(path, "http://a").searchParams.get("page") ?? 1)));
    await look(5 * minute);
    expect(upstream.requests).toHaveLength(13);
    expect(await timer(flow)).toMatchObject({ state: "active", reason: expect.stringContaining("more pages") });
  });

  test("takes a thousand items at a look, and the rest at once afterwards", async () => {
    await publish({ source: { seeding: "take" } });
    const all = Array.from({ length: 1_005 }, (_, n) => ({ id: n, at: n }));
    // It lists only what is newer than the cursor, so that what was left and passed over would never come again.
    upstream.always(({ path }) => {
      const since = new URL(path, upstream.url).searchParams.get("since");
      return { body: { data: all.filter(({ at }) => since === null || at > Number(since)) } };
    });
    await look();
    expect(await started()).toHaveLength(1_000);
    await look();
    const ids = await started();
    expect(ids).toHaveLength(1_005);
    expect(ids.at(-1)).toBe(1_004);
  });

  test("waits as long as the API asks, later and later, and says why; then it goes on where it was", async () => {
    const flow = await publish({ source: { seeding: "take" } });
    upstream.next({ status: 503, headers: { "Retry-After": "600" } }, { status: 500 }, lists(1));
    await look();
    expect(await timer(flow)).toMatchObject({
      state: "failing",
      reason: expect.stringContaining("503"),
      dueAt: database.clock() + 600_000,
    });
    await look(10 * minute);
    expect(await timer(flow)).toMatchObject({ state: "failing", dueAt: database.clock() + 30_000 });
    await look(30_000);
    expect(await timer(flow)).toMatchObject({ state: "active", reason: null });
    expect(await started()).toEqual([1]);
  });

  test("says so when the answer has no list, or items that nothing names", async () => {
    const flow = await publish();
    upstream.next({ body: { people: [] } }, { body: { data: [{ at: "a" }, person(1)] } });
    await look();
    expect(await timer(flow)).toMatchObject({ state: "failing", reason: 'the answer of "People" has no list at "data"' });
    await look(minute);
    expect(await timer(flow)).toMatchObject({ state: "active", reason: expect.stringContaining("1 items") });
  });

  test("stands still while its flow is paused, and looks at once afterwards", async () => {
    const flow = await publish({ source: { seeding: "take" } });
    upstream.always(lists(1));
    await pauseFlow(deps, { workspace, flow });
    await look(20 * minute);
    expect(upstream.requests).toHaveLength(0);
    expect(await timer(flow)).toMatchObject({ state: "paused", dueAt: null });
    await expect(lookNow(deps, { workspace, flow, node: "found" })).rejects.toMatchObject({ code: "conflict" });
    await resumeFlow(deps, { workspace, flow });
    await look();
    expect(await started()).toEqual([1]);
  });

  test("keeps its cursor when a version leaves it as it is, and begins anew when it changes", async () => {
    const flow = await publish();
    upstream.always(lists(1));
    await look();
    await publish({ flow, source: { intervalMs: 10 * minute } });
    expect(await timer(flow)).toMatchObject({ cursor: "2027-01-01" });
    await publish({ flow, source: { inputs: { since: "{{cursor}}" } } });
    expect(await timer(flow)).toMatchObject({ cursor: null, dueAt: database.clock() });
  });

  test("takes over for a subscription that cannot be had, until it is called off", async () => {
    const flow = await publish({ trigger: "pushed" });
    expect(await timer(flow)).toBeUndefined();
    // As runtime/subscriptions writes it.
    const settings = "fallback:person";
    const row = [flow, workspace, settings, database.clock()];
    await deps.sql.commit([
      {
        text: `INSERT INTO trigger_timers (flow_id, node, workspace_id, kind, settings, due_at, since) VALUES ($1, 'found', $2, 'poll', $3, $4, $4)`,
        params: row,
      },
    ]);
    upstream.next(lists(1), lists(2, 1), lists(3));
    await look();
    await look(5 * minute);
    expect(await started()).toEqual([2]);
    await deps.sql.commit([{ text: "UPDATE trigger_timers SET due_at = NULL", params: [] }]);
    await publish({ flow, trigger: "pushed" });
    await look(20 * minute);
    await lookNow(deps, { workspace, flow, node: "found" });
    expect(await timer(flow)).toMatchObject({ dueAt: null, cursor: "2027-01-03" });
  });

  test("looks now when a person asks", async () => {
    const flow = await publish();
    upstream.next(lists(1), lists(2, 1), { status: 404 });
    await look();
    const place = { workspace, flow, node: "found" };
    expect(await lookNow(deps, place)).toEqual({ found: 1, events: 1 });
    await expect(lookNow(deps, place)).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("404") });
    await expect(lookNow(deps, { ...place, node: "none" })).rejects.toMatchObject({ code: "not_found" });
  });
});

test("a trigger that finds nothing is asked less and less often", () => {
  const source = { intervalMs: 60_000, quietMs: 600_000 };
  expect([0, 2, 3, 4, 5, 6, 50].map((quiet) => waitMs(source, quiet) / 60_000)).toEqual([1, 1, 2, 4, 8, 10, 10]);
  expect(waitMs({ intervalMs: 60_000 }, 50)).toBe(60_000);
});
