import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { createIds } from "../../ids.ts";
import { createTestClock } from "../../testing/test-database.ts";
import { describeUpgrade, lastMigrationOf03, rowsOf03 } from "../../testing/upgrade-contract.ts";
import { readMigrations } from "../migrations.ts";
import { openSqlite } from "./open-sqlite.ts";

describeUpgrade("embedded", async () => {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-"));
  const file = join(folder, "patchbay.db");
  const old = new Database(file);
  old.exec("CREATE TABLE migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)");
  for (const { number, name, text } of readMigrations("sqlite").slice(0, lastMigrationOf03)) {
    old.exec(text);
    old.prepare("INSERT INTO migrations (number, name) VALUES (?, ?)").run(number, name);
  }
  for (const { table, values } of rowsOf03) {
    const names = Object.keys(values);
    old
      .prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`)
      .run(Object.values(values));
  }
  old.close();
  const clock = createTestClock();
  const pair = openSqlite({ file, clock, ids: createIds(clock) });
  const close = async () => {
    await pair.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { sql: pair.sql, engine: pair.engine, close };
});
