import type { Pair } from "../store/pair.ts";
import type { SqliteOptions } from "../store/sqlite/open-sqlite.ts";

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
