import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTestSqlite } from "../../testing/test-sqlite.ts";
import { openDatabase } from "./open-database.ts";
import { createSqliteSql } from "./sqlite-sql.ts";

let database: ReturnType<typeof openTestSqlite>;
let started: Worker[];
const count = (worker: Worker) => void started.push(worker);

beforeEach(() => {
  database = openTestSqlite();
  started = [];
  process.on("worker", count);
});
afterEach(async () => {
  process.off("worker", count);
  await database.close();
});

it("starts one new reader after one that failed, and keeps it", async () => {
  const { folder, file } = database;
  const db = openDatabase(file);
  const late = join(folder, "late.db");
  const sql = createSqliteSql(db, late);
  await expect(sql.list("SELECT 1 AS one")).rejects.toMatchObject({ code: "unavailable" });
  db.pragma("wal_checkpoint(TRUNCATE)");
  copyFileSync(file, late);
  // The first one's exit comes after its error, while the second begins.
  expect(await sql.list("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  expect(await sql.list("SELECT 2 AS two")).toEqual([{ two: 2 }]);
  expect(started).toHaveLength(2);
  await sql.close();
  db.close();
});

it("answers what was asked before it closes", async () => {
  const db = openDatabase(database.file);
  const sql = createSqliteSql(db, database.file);
  const numbers =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT count(*) AS count FROM n";
  const asked = Promise.all([sql.list(numbers), sql.list("SELECT 1 AS one")]);
  await sql.close();
  expect(await asked).toEqual([[{ count: 200_000 }], [{ one: 1 }]]);
  db.close();
});
