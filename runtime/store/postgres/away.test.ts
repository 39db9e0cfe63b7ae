import assert from "node:assert";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../shared/app-error.ts";
import { openTestPostgres, type TestPostgres } from "../../testing/test-postgres.ts";
import type { NewEvent } from "../engine-store.ts";
import { type Database, isAway, openPool } from "./database.ts";
import { commitIngest, type IngestRequest } from "./ingest-batch.ts";
import { createPostgresEngineStore } from "./postgres-engine-store.ts";
import { createPostgresLease } from "./postgres-lease.ts";
import { openRunJobs } from "./run-jobs.ts";

function event(id: string, key: string | null): NewEvent {
  const place = { id, workspace: "wsp_1", source: "webhook", hook: "hook_1", flow: "flw_1", receivedAt: 0 } as const;
  const request = { method: "POST", headers: "{}", query: "{}", contentType: null, body: Buffer.from("{}") };
  return { ...place, ...request, dedupe: key === null ? null : { scope: "hook_1", key, expiresAt: 1_000 } };
}

const unavailable = expect.objectContaining({ code: "unavailable" });

describe("while the database is away", () => {
  const away = openPool({ url: "postgres://nobody@127.0.0.1:1/none", schema: "none", connections: 1, lockTimeoutMs: 1 });
  const bus = { publish() {}, subscribe: () => () => {}, subscribeRun: () => () => {} };
  const wakes = { insert: () => Promise.resolve(), handOn: () => Promise.resolve() };
  const ids = { next: (prefix: string) => prefix };
  const engine = createPostgresEngineStore({ database: away, wakes, bus, clock: () => 0, ids, maxPending: 1, committed() {} });

  it("says so to who reads a run, as no fault of the run", async () => {
    await expect(engine.signals("run_1")).rejects.toEqual(unavailable);
    await expect(engine.journal("run_1", 0, { bare: true })).rejects.toEqual(unavailable);
    await expect(engine.journal("run_1", 0, { bare: false })).rejects.toEqual(unavailable);
    await expect(engine.entry("run_1", 1)).rejects.toEqual(unavailable);
    await expect(engine.state("run_1")).rejects.toEqual(unavailable);
  });

  it("is no fault of ours that its name cannot be found for a moment", () => {
    const unknown = Object.assign(new Error("getaddrinfo EAI_AGAIN database"), { code: "EAI_AGAIN", syscall: "getaddrinfo" });
    expect(isAway(unknown)).toBe(true);
    expect(isAway(new assert.AssertionError({ message: "expected" }))).toBe(false);
  });

  it("says so to who asks for a lease", async () => {
    await expect(createPostgresLease(away).take("k", 1_000)).rejects.toBeInstanceOf(AppError);
    await expect(createPostgresLease(away).take("k", 1_000)).rejects.toEqual(unavailable);
  });
});

describe("when the database goes away in the middle", () => {
  let database: TestPostgres;
  let pool: Database;
  beforeEach(async () => {
    database = await openTestPostgres();
    const { url, schema } = database;
    pool = openPool({ url, schema, connections: 1, lockTimeoutMs: 1_000 });
  });
  afterEach(async () => {
    await pool.close();
    await database.close();
  });

  it("keeps the connection on which a transaction was given up, and no other", async () => {
    const pid = async () => (await pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid;
    const before = await pid();
    const givenUp = pool.transaction(async (query) => {
      await query("SELECT 1");
      throw new Error("somebody else was first");
    });
    await expect(givenUp).rejects.toThrow("somebody else was first");
    expect(await pid()).toBe(before);
    await pool.query("SELECT pg_terminate_backend(pg_backend_pid())").catch(() => {});
    expect(await pid()).not.toBe(before);
  });

  it("opens no queue whose engine could not read what it needs for each job", async () => {
    const query: Database["query"] = (text, params) =>
      /\bFROM \w+\.queue\b/.test(text) ? Promise.reject(new Error("Connection terminated")) : pool.query(text, params);
    await expect(openRunJobs({ ...pool, query }, `${database.schema}_queue`)).rejects.toBeInstanceOf(Error);
  });

  it("stores nothing of a commit whose duplicates cannot be counted: all of its senders come again", async () => {
    const transaction: Database["transaction"] = (work) =>
      pool.transaction((query) =>
        work((text, params) =>
          text.includes("WITH again") ? Promise.reject(new Error("Connection terminated")) : query(text, params),
        ),
      );
    const noIds = { next: (prefix: string) => `${prefix}_1` };
    const wakes = { insert: () => Promise.resolve(), handOn: () => Promise.resolve() };
    const run = (id: string) => ({ id, flowVersion: "ver_1", trigger: "start" });
    const request = (...items: IngestRequest["items"]) => ({ delivery: null, items });
    await commitIngest({ database: pool, wakes, ids: noIds }, [request({ event: event("evt_1", "k"), runs: [run("run_1")] })], 0);
    const requests = [
      request({ event: event("evt_2", "k"), runs: [run("run_2")] }),
      request({ event: event("evt_3", null), runs: [run("run_3")] }),
    ];
    await expect(commitIngest({ database: { ...pool, transaction }, wakes, ids: noIds }, requests, 0)).rejects.toBeInstanceOf(
      Error,
    );
    expect((await pool.query("SELECT id FROM events")).rows).toEqual([{ id: "evt_1" }]);
  });

  it("keeps what was done under a lease that cannot be given back: it ends by itself", async () => {
    let there = true;
    const query: Database["query"] = (text, params) =>
      there ? pool.query(text, params) : Promise.reject(new Error("Connection terminated"));
    const held = await createPostgresLease({ ...pool, query }).take("k", 50);
    there = false;
    await expect(held?.release()).resolves.toBeUndefined();
  });
});
