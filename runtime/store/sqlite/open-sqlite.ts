import type { Clock, Ids } from "../../ids.ts";
import { createMemoryBus } from "../memory-bus.ts";
import type { Pair } from "../pair.ts";
import { createCheckpoints } from "./checkpoints.ts";
import { createDedupeKeys } from "./dedupe-keys.ts";
import { prepareEngineStatements } from "./engine-statements.ts";
import { createGroupCommit } from "./group-commit.ts";
import { createMemoryGovernor } from "./memory-governor.ts";
import { createMemoryLease } from "./memory-lease.ts";
import { onlyWorker } from "./only-worker.ts";
import { openDatabase } from "./open-database.ts";
import { createSqliteEngineStore } from "./sqlite-engine-store.ts";
import { createSqliteQueue } from "./sqlite-queue.ts";
import { createSqliteSql } from "./sqlite-sql.ts";

export type SqliteOptions = {
  file: string;
  clock: Clock;
  ids: Ids;
  /** Only the test that proves the fsync oracle sets NORMAL. */
  synchronous?: "FULL" | "NORMAL";
  busyTimeoutMs?: number;
  /** Writes that may wait for a commit before the answer is `unavailable`. */
  maxPending?: number;
  /** Largest size of the database in pages of 4 KB, so that a test can fill it. */
  maxPages?: number;
};

/** Opens the embedded pair on one SQLite file. */
export function openSqlite(options: SqliteOptions): Pair {
  const { file, clock, ids } = options;
  const db = openDatabase(file, { synchronous: options.synchronous, busyTimeoutMs: options.busyTimeoutMs });
  if (options.maxPages) db.pragma(`max_page_count = ${options.maxPages}`);
  const checkpoints = createCheckpoints(db, file);
  const commits = createGroupCommit(db, { maxPending: options.maxPending ?? 10_000, maxBatch: 512 }, checkpoints.committed);
  const bus = createMemoryBus();
  const keys = createDedupeKeys(db);
  const statements = prepareEngineStatements(db);
  const sql = createSqliteSql(db, file);
  return {
    engine: createSqliteEngineStore({ sql: statements, keys, commits, bus, clock, ids }),
    queue: createSqliteQueue({ sql: statements, bus, clock }),
    workers: onlyWorker,
    lease: createMemoryLease(clock),
    governor: createMemoryGovernor(clock),
    bus,
    sql,
    healthy: commits.healthy,
    async close() {
      await commits.drain();
      await sql.close();
      await checkpoints.close();
      db.close();
    },
  };
}
