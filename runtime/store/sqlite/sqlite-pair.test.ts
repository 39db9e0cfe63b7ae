import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { describePair } from "../../testing/pair-contract.ts";
import { openTestSqlite } from "../../testing/test-sqlite.ts";
import { lockDataFolder, openDatabase } from "./open-database.ts";

describePair("embedded", async () => openTestSqlite());

const event = (id: string, at: number) => ({
  id,
  workspace: "wsp_1",
  source: "webhook" as const,
  hook: "hook_1",
  flow: "flow_1",
  receivedAt: at,
  method: "POST",
  headers: "{}",
  query: "{}",
  contentType: null,
  body: Buffer.from("{}"),
  dedupe: null,
});

it("answers unavailable to all and stores nothing while another process holds the database", async () => {
  const { pair, file, clock, close } = openTestSqlite({ busyTimeoutMs: 20 });
  const other = new Database(file);
  other.exec("BEGIN IMMEDIATE");
  const outcomes = await Promise.all([
    pair.engine.ingest(event("evt_1", clock()), []),
    pair.engine.ingest(event("evt_2", clock()), []),
  ]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(["unavailable", "unavailable"]);
  other.exec("ROLLBACK");
  expect(other.prepare("SELECT count(*) FROM events").pluck().get()).toBe(0);
  expect(await pair.engine.ingest(event("evt_1", clock()), [])).toMatchObject({ outcome: "accepted" });
  other.close();
  await close();
});

it("answers unavailable when the disk is full, and accepts again when there is room", async () => {
  const { pair, clock, close } = openTestSqlite({ maxPages: 80 });
  const big = (id: string) => ({ ...event(id, clock()), body: Buffer.alloc(400_000) });
  expect(await pair.engine.ingest(big("evt_1"), [])).toMatchObject({ outcome: "unavailable" });
  expect(await pair.engine.ingest(event("evt_2", clock()), [])).toMatchObject({ outcome: "accepted" });
  await close();
});

it("answers unavailable at once when too many writes are waiting", async () => {
  const { pair, clock, close } = openTestSqlite({ maxPending: 2 });
  const outcomes = await Promise.all([1, 2, 3].map((n) => pair.engine.ingest(event(`evt_${n}`, clock()), [])));
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(["accepted", "accepted", "unavailable"]);
  await close();
});

it("is opened in WAL mode with synchronous=FULL, read back", async () => {
  const { file, close } = openTestSqlite();
  const db = openDatabase(file);
  expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
  expect(db.pragma("synchronous", { simple: true })).toBe(2);
  db.close();
  await close();
});

it("refuses a database that a newer version has migrated", async () => {
  const { file, close } = openTestSqlite();
  const db = new Database(file);
  db.exec("INSERT INTO migrations (number, name) VALUES (999, 'from the future')");
  db.close();
  expect(() => openDatabase(file)).toThrow(/start a newer version/);
  await close();
});

it("lets one process hold a data folder at a time", async () => {
  const { folder, close } = openTestSqlite();
  const lock = lockDataFolder(`${folder}/patchbay.lock`);
  expect(() => lockDataFolder(`${folder}/patchbay.lock`)).toThrow(/another Patchbay server/);
  lock.release();
  lockDataFolder(`${folder}/patchbay.lock`).release();
  await close();
});
