import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FlowNode } from "../../shared/flow/node.ts";
import { createLoadVersion } from "../flows/load-version.ts";
import { pauseFlow, resumeFlow, unpublishFlow } from "../flows/pause-flow.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import { createIds } from "../ids.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { testFlow } from "../testing/test-engine.ts";
import { createIngest, type Ingest } from "./ingest.ts";
import { releaseHeld } from "./release.ts";
import { fireSchedules, pending } from "./schedule.ts";

const workspace = "wsp_1";
const hour = 3_600_000;
const never = new AbortController().signal;
let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

function depsOf(more: { ingest?: Ingest } = {}) {
  const { pair, clock } = database;
  const ids = createIds(clock);
  const reports: unknown[] = [];
  return {
    sql: pair.sql,
    ids,
    clock,
    ingest: createIngest({ engine: pair.engine, ids }),
    loadVersion: createLoadVersion(pair.sql),
    report: (_: string, error: unknown) => void reports.push(error),
    reports,
    ...more,
  };
}
const hourly = { kind: "cron", expression: "0 * * * *", timeZone: "UTC" };

async function publish(more: object = {}, flow?: string): Promise<string> {
  const deps = depsOf();
  const id = flow ?? (await createFlow(deps, { workspace, name: "Timed", description: "" }));
  const node = FlowNode.parse({
    id: "timed",
    name: "T",
    position: { x: 0, y: 0 },
    kind: "schedule-trigger",
    schedule: hourly,
    ...more,
  });
  await publishFlow(deps, { workspace, flow: id, document: testFlow([node], []) });
  return id;
}
/** The times that runs were started for, in the order of the runs. */
async function fired(): Promise<string[]> {
  const rows = await database.pair.sql.read<{ body: Uint8Array }>(
    `SELECT e.body FROM events e JOIN runs r ON r.event_id = e.id ORDER BY r.id`,
  );
  return rows.map(({ body }) => String(JSON.parse(Buffer.from(body).toString()).firedFor).slice(5, 16));
}

// The test clock begins at 2027-01-15T08:00:00Z.
describe("R12: a schedule", () => {
  test("fires once for each of its times, whoever looks and however often", async () => {
    await publish();
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual([]);
    database.clock.advance(hour);
    await Promise.all([fireSchedules(depsOf(), never), fireSchedules(depsOf(), never)]);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual(["01-15T09:00"]);
    database.clock.advance(hour);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual(["01-15T09:00", "01-15T10:00"]);
  });

  test("fires once when a process ends between the event and the new due time", async () => {
    await publish();
    database.clock.advance(hour);
    const { ingest, ...deps } = depsOf();
    const dying: Ingest = async (...asked) => {
      await ingest(...asked);
      throw new TypeError("the process ends here");
    };
    await fireSchedules({ ...deps, ingest: dying }, never);
    database.clock.advance(2 * 60_000);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual(["01-15T09:00"]);
  });

  test("fires nothing twice and loses nothing when the clock goes an hour ahead and back", async () => {
    await publish();
    database.clock.advance(30 * 60_000);
    database.clock.advance(hour);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual(["01-15T09:00"]);
    database.clock.advance(-hour);
    for (let minutes = 0; minutes < 120; minutes += 10) {
      await fireSchedules(depsOf(), never);
      database.clock.advance(10 * 60_000);
    }
    expect(await fired()).toEqual(["01-15T09:00", "01-15T10:00"]);
  });

  test.each([
    ["once", ["01-16T08:00"]],
    ["skip", []],
    ["all", Array.from({ length: 24 }, (_, n) => `${n < 15 ? "01-15" : "01-16"}T${String((9 + n) % 24).padStart(2, "0")}:00`)],
  ])("makes up for a day without a server as its policy says: %s", async (misfire, times) => {
    await publish({ misfire });
    database.clock.advance(24 * hour + 10 * 60_000);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual(times);
    database.clock.advance(50 * 60_000);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual([...times, "01-16T09:00"]);
  });

  test("stays where it is when a version leaves it as it is, begins anew when it changes, and ends with it", async () => {
    const flow = await publish({ schedule: { kind: "interval", everyMs: hour } });
    database.clock.advance(30 * 60_000);
    await publish({ schedule: { kind: "interval", everyMs: hour }, name: "Renamed" }, flow);
    database.clock.advance(30 * 60_000);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual(["01-15T09:00"]);
    database.clock.advance(30 * 60_000);
    await publish({ schedule: { kind: "interval", everyMs: 2 * hour } }, flow);
    database.clock.advance(hour);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toHaveLength(1);
    database.clock.advance(hour);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual(["01-15T09:00", "01-15T11:30"]);
    await unpublishFlow(depsOf(), { workspace, flow });
    database.clock.advance(4 * hour);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toHaveLength(2);
  });

  test("stands still while its flow is paused, and afterwards makes up for it as its policy says", async () => {
    const flow = await publish();
    await pauseFlow(depsOf(), { workspace, flow });
    database.clock.advance(3 * hour + 10 * 60_000);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual([]);
    await resumeFlow(depsOf(), { workspace, flow });
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual(["01-15T11:00"]);
  });

  test("that cannot be stored is tried again, and its time is not lost", async () => {
    await publish();
    database.clock.advance(hour);
    await fireSchedules(depsOf({ ingest: async () => ({ outcome: "unavailable", reason: "full" }) }), never);
    await fireSchedules(depsOf(), never);
    expect(await fired()).toEqual(["01-15T09:00"]);
  });
});

test("of firings missed for long only the last hundred are made up for, and finding them takes no time", () => {
  const schedule = { kind: "cron", expression: "* * * * * *", timeZone: "Europe/Berlin" } as const;
  const now = 1_800_000_000_000;
  const { times, next } = pending({ schedule, misfire: "all" }, { dueAt: now - 30 * 24 * hour, since: 0 }, now);
  expect(times).toHaveLength(100 + 61);
  expect([times[0], times.at(-1), next]).toEqual([now - 160_000, now, now + 1_000]);
});

describe("events that were held", () => {
  test("start when their flow goes on, oldest first, once, and not while it is paused", async () => {
    const flow = await publish();
    const { ingest, clock, sql } = depsOf();
    await pauseFlow(depsOf(), { workspace, flow });
    for (let n = 0; n < 3; n += 1)
      await ingest(
        {
          workspace,
          source: "webhook",
          hook: null,
          flow,
          node: "timed",
          receivedAt: clock(),
          method: "POST",
          headers: "{}",
          query: "{}",
          contentType: null,
          body: Buffer.from(JSON.stringify({ firedFor: `2027-01-01T00:0${n}` })),
          dedupe: null,
          held: true,
        },
        null,
      );
    await releaseHeld({ sql, engine: database.pair.engine }, never);
    expect(await fired()).toEqual([]);
    await resumeFlow(depsOf(), { workspace, flow });
    await Promise.all([1, 2].map(() => releaseHeld({ sql, engine: database.pair.engine }, never)));
    expect(await fired()).toEqual(["01-01T00:00", "01-01T00:01", "01-01T00:02"]);
  });
});
