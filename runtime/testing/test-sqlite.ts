import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIds } from "../ids.ts";
import { openDatabase } from "../store/sqlite/open-database.ts";
import { openSqlite, type SqliteOptions } from "../store/sqlite/open-sqlite.ts";
import { createTestClock, type TestDatabase } from "./test-database.ts";

/** The embedded pair on a real file, in a new folder of `parent`. */
export function openTestSqlite(options: Partial<SqliteOptions> = {}, parent = tmpdir()): TestDatabase & { file: string } {
  const folder = mkdtempSync(join(parent, "patchbay-"));
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
