import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestPostgres, type TestPostgres } from "../../testing/test-postgres.ts";
import { type Database, openPool } from "./database.ts";
import { openPostgresBus, type PostgresBus } from "./postgres-bus.ts";
import { createPostgresWorkers } from "./postgres-workers.ts";
import type { RunJobs } from "./run-jobs.ts";

let database: TestPostgres;
let beats: Database;
let bus: PostgresBus;
beforeEach(async () => {
  database = await openTestPostgres();
  const { url, schema } = database;
  beats = openPool({ url, schema, connections: 2, lockTimeoutMs: 1_000 });
  bus = await openPostgresBus({ database: beats, url, schema });
});
afterEach(async () => {
  await bus.close();
  await beats.close();
  await database.close();
});

describe("a worker's beat", () => {
  it("comes however long it takes to look after the jobs of all", async () => {
    const held = Promise.withResolvers<void>();
    const supervising = Promise.withResolvers<void>();
    const jobs = {
      handOn: () => Promise.resolve(),
      retryNotBegun: () => Promise.resolve(0),
      supervise() {
        supervising.resolve();
        return held.promise;
      },
    } as unknown as RunJobs;
    const fault = (error: unknown) => expect.fail(String(error));
    const workers = createPostgresWorkers({ database: beats, jobs, bus, clock: Date.now });
    const membership = await workers.join("wrk_1", { lost() {}, fault });
    await supervising.promise;
    const before = await seen();
    const deadline = performance.now() + 10_000;
    while ((await seen()) === before && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await seen()).toBeGreaterThan(before);
    held.resolve();
    await membership.leave();
  });
});

async function seen(): Promise<number> {
  const { rows } = await beats.query<{ at: number }>("SELECT seen_at AS at FROM workers WHERE name = 'wrk_1'");
  return rows[0]?.at ?? 0;
}
