import type { TestDatabase, TestDatabaseOptions } from "./test-database.ts";
import { openTestSqlite } from "./test-sqlite.ts";

/** A pair on a real database of the test's own; which one the test run says. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  if (process.env.PATCHBAY_TEST_PAIR !== "postgres") return openTestSqlite(options);
  const { openTestPostgres } = await import("./test-postgres.ts");
  return openTestPostgres(options);
}
