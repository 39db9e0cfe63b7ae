import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIds } from "../ids.ts";
import type { Pair } from "../store/pair.ts";
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

export type TestDatabase = { pair: Pair; clock: TestClock; file: string; folder: string; close(): Promise<void> };

/** The embedded pair on a real file in a folder of its own; `close` removes both. */
export function openTestDatabase(options: Partial<SqliteOptions> = {}): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-"));
  const file = join(folder, "patchbay.db");
  const clock = createTestClock();
  const pair = openSqlite({ file, clock, ids: createIds(clock), ...options });
  return {
    pair,
    clock,
    file,
    folder,
    async close() {
      await pair.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
