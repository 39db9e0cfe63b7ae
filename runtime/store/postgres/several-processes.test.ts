import { spawnSync } from "node:child_process";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIds } from "../../ids.ts";
import { openTestPostgres, type TestPostgres } from "../../testing/test-postgres.ts";
import type { BusMessage } from "../bus.ts";
import type { ClaimedRun, NewEvent } from "../engine-store.ts";
import type { Pair } from "../pair.ts";
import type { Claim } from "../queue.ts";
import type { MemberEvents } from "../workers.ts";
import { openPostgres } from "./open-postgres.ts";

let database: TestPostgres;
let here: Pair;
let there: Pair;
let faults: unknown[];
let quiet: MemberEvents;
beforeEach(async () => {
  const own: unknown[] = [];
  faults = own;
  quiet = { lost() {}, fault: (error) => void own.push(error) };
  database = await openTestPostgres();
  here = database.pair;
  there = await database.another();
});
afterEach(async () => {
  // What a worker that never left finds when the database is closed is no fault.
  const told = [...faults];
  await database.close();
  expect(told).toEqual([]);
});

let counter = 0;
const deadMs = 3_000;

/** A run that is due; gives its id. */
async function due(): Promise<string> {
  counter += 1;
  const run = `run_${counter}`;
  const request = { method: "POST", headers: "{}", query: "{}", contentType: null, body: Buffer.from("{}"), dedupe: null };
  const event: NewEvent = {
    id: `evt_${counter}`,
    workspace: "wsp_1",
    flow: "flw_1",
    hook: null,
    source: "manual",
    receivedAt: database.clock(),
    ...request,
  };
  expect(await here.engine.ingest(event, [{ id: run, flowVersion: "ver_1", trigger: "start" }])).toMatchObject({
    outcome: "accepted",
  });
  return run;
}

async function take(pair: Pair, worker: string): Promise<{ claim: Claim; run: ClaimedRun }> {
  const [claim] = await pair.queue.claim(1);
  const [run] = (claim && (await pair.engine.begin([claim], worker))) ?? [];
  if (!claim || !run) return expect.fail("nothing was due");
  return { claim, run };
}

const finish = (pair: Pair, { run, epoch }: ClaimedRun) =>
  pair.engine.write({
    ref: { run, epoch },
    records: [],
    release: { to: "final", status: "succeeded", error: null },
    consumed: [],
  });

/** Settles when it is so; the runner's time limit is its bound. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("workers of several processes", () => {
  it("hands each due run to one of them", async () => {
    const runs = await Promise.all(Array.from({ length: 40 }, due));
    const claims = (await Promise.all([here, there, here, there].map((pair) => pair.queue.claim(15)))).flat();
    expect(claims.map(({ run }) => run).sort()).toEqual(runs.sort());
  });

  it("takes the runs of one that says nothing any more, tells it when it comes back, and writes nothing of what it still had", {
    timeout: 15_000,
  }, async () => {
    const run = await due();
    let lost = 0;
    const first = await here.workers.join("wrk_first", {
      ...quiet,
      lost() {
        lost += 1;
      },
    });
    const old = await take(here, "wrk_first");
    const second = await there.workers.join("wrk_second", quiet);
    expect(await there.queue.claim(1)).toEqual([]);
    // As if its process stood still, until the second one has noticed and the first one learns of it.
    await until(async () => {
      await here.sql.commit([{ text: "UPDATE workers SET seen_at = 0 WHERE name = 'wrk_first'", params: [] }]);
      return lost > 0;
    });
    expect((await take(there, "wrk_second")).run).toMatchObject({ run, resumed: true, epoch: old.run.epoch + 1 });
    expect(await finish(here, old.run)).toEqual({ outcome: "stale" });
    // The job is another attempt's by now: finishing the old one leaves it alone.
    await here.queue.done([old.claim]);
    expect(await jobs()).toMatchObject([{ state: "active", attempt: 1 }]);
    expect(await first.confirm()).toBe(true);
    await Promise.all([first.leave(), second.leave()]);
  });

  it("takes what one had claimed and not begun when it died", async () => {
    const run = await due();
    const dead = await here.workers.join("wrk_dead", quiet);
    expect(await here.queue.claim(1)).toHaveLength(1);
    await dead.leave();
    const other = await there.workers.join("wrk_other", quiet);
    database.clock.advance(deadMs);
    await new Promise((resolve) => there.bus.subscribe("wake", () => resolve(true)));
    expect((await take(there, "wrk_other")).run).toMatchObject({ run, resumed: false });
    await other.leave();
  });

  it.runIf(process.platform === "linux")(
    "takes the runs of one whose process has ended here, without waiting for its silence",
    async () => {
      const run = await due();
      const told = Promise.withResolvers<void>();
      const gone = await here.workers.join("wrk_gone", { ...quiet, lost: told.resolve });
      await take(here, "wrk_gone");
      // It beats as before, but under the number of a process that is no more.
      const { pid } = spawnSync(process.execPath, ["-e", ""]);
      await here.sql.commit([{ text: "UPDATE workers SET pid = $1 WHERE name = 'wrk_gone'", params: [pid] }]);
      const other = await there.workers.join("wrk_other", quiet);
      await told.promise;
      expect((await take(there, "wrk_other")).run).toMatchObject({ run, resumed: true });
      await Promise.all([gone.leave(), other.leave()]);
    },
  );

  it("gives away at once what one had that leaves", async () => {
    const run = await due();
    const leaving = await here.workers.join("wrk_leaving", quiet);
    await take(here, "wrk_leaving");
    const woken = new Promise((resolve) => there.bus.subscribe("wake", () => resolve(true)));
    await leaving.leave();
    expect(await woken).toBe(true);
    expect((await take(there, "wrk_other")).run).toMatchObject({ run, resumed: true });
    expect(await leaving.confirm()).toBe(false);
  });

  it("takes nothing from one that is alive, however long its run takes", async () => {
    await due();
    const slow = await here.workers.join("wrk_slow", { ...quiet, lost: () => expect.fail("it was alive") });
    const held = await take(here, "wrk_slow");
    const other = await there.workers.join("wrk_other", quiet);
    for (let beat = 0; beat < 4; beat += 1) {
      database.clock.advance(deadMs - 1_000);
      // Both have said so since.
      await until(async () => (await seen("wrk_slow")) === database.clock() && (await seen("wrk_other")) === database.clock());
    }
    expect(await there.queue.claim(1)).toEqual([]);
    expect(await finish(here, held.run)).toEqual({ outcome: "written" });
    await Promise.all([slow.leave(), other.leave()]);
  });

  async function seen(name: string): Promise<number | undefined> {
    return (await here.sql.read<{ at: number }>("SELECT seen_at AS at FROM workers WHERE name = $1", [name]))[0]?.at;
  }
});

describe("the jobs of runs", () => {
  it("are looked after by pg-boss as well: one whose worker says nothing for ten seconds is due again", {
    timeout: 15_000,
  }, async () => {
    const run = await due();
    await here.queue.claim(1);
    // Later the worker of nobody: its process has ended.
    await here.close();
    const membership = await there.workers.join("wrk_other", quiet);
    await there.sql.commit([{ text: "UPDATE runs SET wake_at = NULL", params: [] }]);
    database.clock.advance(11_000);
    await until(async () => (await there.queue.claim(1)).some((claim) => claim.run === run));
    await membership.leave();
  });

  it("are there for ten years and are given a million chances", async () => {
    await due();
    const [job] = await here.sql.read<Record<string, number>>(
      `SELECT retry_limit AS chances, extract(epoch FROM keep_until - start_after) / 86400 AS days, expire_seconds AS "activeSeconds"
       FROM ${database.schema}_queue.job`,
    );
    expect(job).toMatchObject({ chances: 1_000_000, days: 3_650 });
  });

  it("are gone with their run's end", async () => {
    await due();
    const { claim, run } = await take(here, "wrk_1");
    await finish(here, run);
    await here.queue.done([claim]);
    expect(await jobs()).toEqual([]);
  });

  it("that were claimed and not begun are due again when they are given back", async () => {
    const run = await due();
    const claims = await here.queue.claim(1);
    expect(await there.queue.claim(1)).toEqual([]);
    await here.queue.giveBack(claims);
    expect(await there.queue.claim(1)).toMatchObject([{ run, attempt: 1 }]);
  });

  it("are made anew when the old one is being deleted while its run is given away", async () => {
    const run = await due();
    const { claim } = await take(here, "wrk_1");
    const finishing = new pg.Client({ connectionString: database.url });
    await finishing.connect();
    await finishing.query("BEGIN");
    await finishing.query(`DELETE FROM ${database.schema}_queue.job WHERE id = $1`, [claim.job]);
    const recovered = there.engine.recover("wrk_1", new Map());
    await until(async () => (await waitingForLocks(finishing)) > 0);
    await finishing.query("COMMIT");
    await finishing.end();
    expect(await recovered).toBe(1);
    expect((await take(there, "wrk_2")).run).toMatchObject({ run, resumed: true });
  });

  it("do not come again and again when their node's clock is behind the database's", async () => {
    const run = await due();
    const behindMs = 5_000;
    const { url, schema, clock } = database;
    const late = () => clock() - behindMs;
    const behind = await openPostgres({ url, schema, clock: late, ids: createIds(late), databaseClock: clock });
    const wakeAt = late() + 60_000;
    const park = async () => {
      const { claim, run: held } = await take(behind, "wrk_behind");
      const release = { to: "waiting", wakeAt } as const;
      await behind.engine.write({ ref: { run, epoch: held.epoch }, records: [], release, consumed: [] });
      await behind.queue.done([claim]);
    };
    await park();
    clock.advance(60_000 - behindMs);
    // By the database's clock it is due, by the node's it is not.
    await park();
    expect(await behind.queue.claim(1)).toEqual([]);
    clock.advance(behindMs);
    expect(late()).toBe(wakeAt);
    expect(await behind.queue.claim(1)).toMatchObject([{ run }]);
    await behind.close();
  });

  it("wait for their time through months", async () => {
    const run = await due();
    const { claim, run: held } = await take(here, "wrk_1");
    const wakeAt = database.clock() + 60 * 86_400_000;
    const release = { to: "waiting", wakeAt } as const;
    await here.engine.write({ ref: { run, epoch: held.epoch }, records: [], release, consumed: [] });
    await here.queue.done([claim]);
    database.clock.advance(60 * 86_400_000 - 1);
    expect(await there.queue.claim(1)).toEqual([]);
    database.clock.advance(1);
    expect((await take(there, "wrk_2")).run).toMatchObject({ run, resumed: false });
  });
});

async function waitingForLocks(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = $1",
    [`patchbay ${database.schema}`],
  );
  return rows[0].waiting;
}

function jobs(): Promise<{ state: string; attempt: number }[]> {
  return here.sql.read(`SELECT state::text AS state, retry_count AS attempt FROM ${database.schema}_queue.job`);
}

describe("the bus between processes", () => {
  it("tells every process, and its own once", async () => {
    const heard: string[] = [];
    here.bus.subscribe("signal", ({ run }) => void heard.push(`here ${run}`));
    const told = new Promise<void>((resolve) => {
      there.bus.subscribe("signal", ({ run }) => {
        heard.push(`there ${run}`);
        resolve();
      });
    });
    here.bus.publish({ topic: "signal", run: "run_1" });
    await told;
    expect(heard).toEqual(["here run_1", "there run_1"]);
  });

  it("tells of a run's newest state, and of a thousand runs", async () => {
    const lengths = new Map<string, number>();
    const all = new Promise<void>((resolve) => {
      there.bus.subscribe("run", ({ run, length }) => {
        lengths.set(run, length);
        if (lengths.size === 1_000) resolve();
      });
    });
    for (let number = 0; number < 1_000; number += 1)
      for (const length of [1, 2]) here.bus.publish(running(`run_${number}`, length));
    await all;
    expect(new Set(lengths.values())).toEqual(new Set([2]));
  });

  it("finds out by itself what it did not hear of a run that somebody listens to", async () => {
    const run = await due();
    const statuses: string[] = [];
    const off = there.bus.subscribeRun(run, ({ status }) => void statuses.push(status));
    // Written past the bus, as if its message had been lost.
    await here.sql.commit([{ text: "UPDATE runs SET status = 'failed', finished_at = 1 WHERE id = $1", params: [run] }]);
    await until(() => statuses.includes("failed"));
    off();
  });

  it("goes on when somebody says on its channel what it does not understand", async () => {
    const heard: string[] = [];
    there.bus.subscribe("signal", ({ run }) => void heard.push(run));
    await here.sql.read("SELECT pg_notify($1, 'nothing of ours')", [`${database.schema}_bus`]);
    here.bus.publish({ topic: "signal", run: "run_1" });
    await until(() => heard.length > 0);
    expect(heard).toEqual(["run_1"]);
  });

  it("listens again when its connection was broken", async () => {
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN ${database.schema}_bus'`);
    await admin.end();
    let heard = 0;
    there.bus.subscribe("signal", () => {
      heard += 1;
    });
    await until(() => {
      here.bus.publish({ topic: "signal", run: "run_1" });
      return heard > 0;
    });
  });

  function running(run: string, length: number): BusMessage {
    return { topic: "run", workspace: "wsp_1", flow: "flw_1", run, status: "running", length, answered: false };
  }
});

describe("one lease for all processes", () => {
  it("is given to one at a time, and to the next when its holder has let it run out", async () => {
    const held = await here.lease.take("k", 1_000);
    expect(held).not.toBeNull();
    expect(await there.lease.take("k", 1_000)).toBeNull();
    database.clock.advance(1_000);
    const next = await there.lease.take("k", 1_000);
    expect(next).not.toBeNull();
    await held?.release();
    expect(await here.lease.take("k", 1_000)).toBeNull();
    await next?.release();
    expect(await here.lease.take("k", 1_000)).not.toBeNull();
  });
});

describe("a process that was stopped in the middle of a transaction", () => {
  it("holds nobody up for longer than a moment", async () => {
    const run = await due();
    const stopped = new pg.Client({
      connectionString: database.url,
      options: `-c search_path=${database.schema} -c idle_in_transaction_session_timeout=1500`,
    });
    stopped.on("error", () => {});
    await stopped.connect();
    await stopped.query("BEGIN");
    await stopped.query("SELECT 1 FROM runs FOR UPDATE");
    const signaled = await here.engine.signal(run, { kind: "cancel", by: "usr_1" });
    expect(signaled).toBe("left");
    await stopped.end().catch(() => {});
  });
});
