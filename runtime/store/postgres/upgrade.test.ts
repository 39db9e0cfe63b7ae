import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { createIds } from "../../ids.ts";
import { createTestClock } from "../../testing/test-database.ts";
import { describeUpgrade, lastMigrationOf03, rowsOf03 } from "../../testing/upgrade-contract.ts";
import { readMigrations } from "../migrations.ts";
import { openPostgres } from "./open-postgres.ts";

describeUpgrade("distributed", async () => {
  const url = inject("databaseUrl");
  const schema = `${inject("schemaPrefix")}${randomUUID().slice(0, 8)}`;
  const old = new pg.Client({ connectionString: url });
  await old.connect();
  await old.query(`CREATE SCHEMA ${schema}`);
  await old.query(`SET search_path = ${schema}`);
  await old.query("CREATE TABLE migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)");
  for (const { number, name, text } of readMigrations("postgres").slice(0, lastMigrationOf03)) {
    await old.query(text);
    await old.query("INSERT INTO migrations (number, name) VALUES ($1, $2)", [number, name]);
  }
  for (const { table, values } of rowsOf03) {
    const names = Object.keys(values);
    const places = names.map((_, index) => `$${index + 1}`);
    await old.query(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${places.join(", ")})`, Object.values(values));
  }
  await old.end();
  const clock = createTestClock();
  const pair = await openPostgres({ url, schema, clock, ids: createIds(clock), databaseClock: clock });
  return { sql: pair.sql, engine: pair.engine, close: () => pair.close() };
});
