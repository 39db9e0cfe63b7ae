import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { createIds } from "../ids.ts";
import type { Pair } from "../store/pair.ts";
import { openPostgres } from "../store/postgres/open-postgres.ts";
import { createTestClock, type TestDatabase, type TestDatabaseOptions } from "./test-database.ts";

/** Schemas of closed databases, emptied: taking one is much faster than making one. */
const free: string[] = [];

/** Whoever has a row for a moment may be held up by other tests: none that waits for it gives up before that. */
const lockMs = 250;

export type TestPostgres = TestDatabase & {
  url: string;
  schema: string;
  /** Opens the same database for another process. */
  another(): Promise<Pair>;
};

/** The distributed pair in a schema of the test's own; the database goes by the test's clock. */
export async function openTestPostgres(options: TestDatabaseOptions = {}): Promise<TestPostgres> {
  const url = inject("databaseUrl");
  const schema = free.pop() ?? `${inject("schemaPrefix")}${randomUUID().slice(0, 8)}`;
  const folder = mkdtempSync(join(tmpdir(), "patchbay-"));
  const clock = createTestClock();
  const busyTimeoutMs = options.busyTimeoutMs && Math.max(options.busyTimeoutMs, lockMs);
  const open = () => openPostgres({ url, schema, clock, ids: createIds(clock), databaseClock: clock, ...options, busyTimeoutMs });
  let pair = await open();
  const others: Pair[] = [];
  return {
    get pair() {
      return pair;
    },
    clock,
    folder,
    url,
    schema,
    async reopen() {
      pair = await open();
      return pair;
    },
    async another() {
      const other = await open();
      others.push(other);
      return other;
    },
    async lock() {
      const other = new pg.Client({ connectionString: url });
      await other.connect();
      await other.query(`BEGIN; LOCK TABLE ${schema}.runs, ${schema}.events IN EXCLUSIVE MODE`);
      // When its connection has ended it may have it for a moment longer.
      return () => other.query("ROLLBACK").then(() => other.end());
    },
    async close() {
      await Promise.all([pair, ...others].map((each) => each.close()));
      await empty(url, schema);
      free.push(schema);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function empty(url: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 AND tablename <> 'migrations'`,
    [schema],
  );
  // A handful of rows each: quicker than TRUNCATE, which makes new files.
  const emptied = [...rows.map(({ name }) => `${schema}.${name}`), `${schema}_queue.job`].map((table) => `DELETE FROM ${table}`);
  // The next test's clock begins anew.
  const forgotten = `UPDATE ${schema}_queue.queue SET monitor_on = NULL, monitor_claim_on = NULL, maintain_on = NULL`;
  await client.query([...emptied, forgotten].join(";"));
  await client.end();
}
