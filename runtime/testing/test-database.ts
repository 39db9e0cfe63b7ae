import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIds } from "../ids.ts";
import type { Pair } from "../store/pair.ts";
import { openDatabase } from "../store/sqlite/open-database.ts";
import { openSqlite, type SqliteOptions } from "../store/sqlite/open-sqlite.ts";

/** A clock that only moves when told. */
export type TestClock = (() => number) & { advance(ms: number): void };
export function createTestClock(start = 1_800_000_000_000): TestClock {
  let now = start;
  const advance = (ms: number) => {
    now += ms;
  };
  return Object.assign(() => now, { advance });
}

export type TestDatabase = {
  /** Another one after `reopen`. */
  readonly pair: Pair;
  clock: TestClock;
  /** A folder of the test's own. */
  folder: string;
  /** Opens the database again, as the next process would; the pair before it must be closed. */
  reopen(): Promise<Pair>;
  /** Another process takes the database for itself until the returned function is called: nothing can be written. */
  lock(): Promise<() => Promise<void>>;
  /** Closes the pair and removes everything. */
  close(): Promise<void>;
};

export type TestDatabaseOptions = Pick<SqliteOptions, "busyTimeoutMs" | "maxPending">;

/** A pair on a real database of the test's own. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  return openTestSqlite(options);
}

/** The embedded pair on a real file. */
export function openTestSqlite(options: Partial<SqliteOptions> = {}): TestDatabase & { file: string } {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-"));
  const file = join(folder, "patchbay.db");
  const clock = createTestClock();
  const open = () => openSqlite({ file, clock, ids: createIds(clock), ...options });
  let pair = open();
  return {
    get pair() {
      return pair;
    },
    clock,
    file,
    folder,
    async reopen() {
      pair = open();
      return pair;
    },
    async lock() {
      const other = openDatabase(file);
      other.exec("BEGIN IMMEDIATE");
      return async () => void other.close();
    },
    async close() {
      await pair.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
