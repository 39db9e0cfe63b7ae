import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDuties, type Duties, type Duty, moveDuty } from "../duties/duties.ts";
import { createManualTimers, type ManualTimers } from "../engine/manual-timers.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";

const minute = 60_000;

let database: TestDatabase;
let timers: ManualTimers;
let nodes: Duties[];
let reports: string[];
/** Names of the nodes that did the duty, in order. */
let done: string[];

beforeEach(async () => {
  database = await openTestDatabase({ busyTimeoutMs: 20 });
  timers = createManualTimers(database.clock);
  [nodes, reports, done] = [[], [], []];
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await database.close();
});

/** A node with the duty; all nodes share the database, as their own pairs would. */
function addNode(name: string, more: Partial<Duty> = {}): Duties {
  const { pair, clock } = database;
  const duties = createDuties({
    sql: pair.sql,
    clock,
    setTimer: timers.setTimer,
    report: (duty, error) => void reports.push(`${duty}: ${error}`),
  });
  duties.add({ name: "tidy", everyMs: minute, run: async () => void done.push(name), ...more });
  nodes.push(duties);
  return duties;
}

async function dueAt(): Promise<number | undefined> {
  const [row] = await database.pair.sql.read<{ dueAt: number }>(`SELECT due_at AS "dueAt" FROM duties WHERE name = 'tidy'`);
  return row?.dueAt;
}

/** Waits until every node has a timer again. */
const settled = () => expect.poll(() => timers.size()).toBe(nodes.length);

function advance(ms: number): void {
  database.clock.advance(ms);
  timers.fire();
}

describe("a duty", () => {
  it("is done at the start when it is new, and then once a period on all nodes together", async () => {
    for (const name of ["a", "b", "c"]) addNode(name).start();
    await settled();
    expect(done).toHaveLength(1);
    for (let period = 2; period <= 6; period++) {
      advance(minute);
      await expect.poll(() => done.length).toBe(period);
      await settled();
    }
    expect(done).toHaveLength(6);
  });

  it("makes up once for firings that nobody was there for, and keeps its times", async () => {
    const first = database.clock();
    const node = addNode("a");
    node.start();
    await settled();
    await node.stop();
    nodes.length = 0;
    database.clock.advance(10.5 * minute);
    addNode("b").start();
    await settled();
    expect(done).toEqual(["a", "b"]);
    expect(await dueAt()).toBe(first + 11 * minute);
  });

  it("is left to the next firing when the node that does it fails at it", async () => {
    let fails = true;
    addNode("a", {
      async run() {
        done.push("tried");
        if (fails) throw new TypeError("no");
      },
    }).start();
    await settled();
    expect([done, reports]).toEqual([["tried"], ["tidy: TypeError: no"]]);
    fails = false;
    advance(minute);
    await expect.poll(() => done).toEqual(["tried", "tried"]);
    expect(reports).toHaveLength(1);
  });

  it("is waited for by a stop, which asks it to end", async () => {
    const began = Promise.withResolvers<void>();
    const node = addNode("a", {
      async run(signal) {
        began.resolve();
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        done.push("ended");
      },
    });
    node.start();
    await began.promise;
    await node.stop();
    expect(done).toEqual(["ended"]);
    advance(10 * minute);
    expect([done, timers.size()]).toEqual([["ended"], 0]);
  });

  it("comes at the latest after one period, whatever time another clock or a longer period has left", async () => {
    const { pair, clock } = database;
    await pair.sql.commit([
      { text: "INSERT INTO duties (name, due_at) VALUES ($1, $2)", params: ["tidy", clock() + 1_000 * minute] },
    ]);
    addNode("a").start();
    await expect.poll(dueAt).toBe(clock() + minute);
    await settled();
    expect(done).toEqual([]);
    advance(minute);
    await expect.poll(() => done).toEqual(["a"]);
  });

  it("goes on when the database is back, and the operator is told once that it is away", async () => {
    const { sql } = database.pair;
    let away = true;
    const flaky = {
      ...sql,
      read: ((text, params) => (away ? Promise.reject(new TypeError("away")) : sql.read(text, params))) as typeof sql.read,
    };
    const { clock } = database;
    const duties = createDuties({
      sql: flaky,
      clock,
      setTimer: timers.setTimer,
      report: (duty, error) => void reports.push(`${duty}: ${error}`),
    });
    duties.add({ name: "tidy", everyMs: minute, run: async () => void done.push("a") });
    nodes.push(duties);
    duties.start();
    await settled();
    advance(5_000);
    await settled();
    expect(reports).toEqual(["tidy: TypeError: away"]);
    away = false;
    advance(5_000);
    await expect.poll(() => done).toEqual(["a"]);
  });
});

it("lets one of two who move the same due time do it, with what they commit along", async () => {
  const { pair, clock } = database;
  const due = clock();
  await pair.sql.commit([{ text: "INSERT INTO duties (name, due_at) VALUES ($1, $2)", params: ["tidy", due] }]);
  const along = (id: string) => ({
    text: "INSERT INTO workspaces (id, name, created_at) VALUES ($1, 'x', 1)",
    params: [id],
  });
  const moved = await Promise.all(["one", "two"].map((id) => pair.sql.commit([moveDuty("tidy", due, due + minute), along(id)])));
  expect(moved.map(({ outcome }) => outcome).sort()).toEqual(["committed", "conflict"]);
  expect(await pair.sql.read("SELECT id FROM workspaces")).toHaveLength(1);
});
