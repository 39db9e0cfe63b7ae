import type { Sql } from "../store/sql.ts";

/** Where one process has the database for itself, nobody is at anything when it starts: turns of the one before it are over. */
export async function releaseTurns(sql: Sql): Promise<void> {
  await sql.commit([{ text: `UPDATE hooks SET lease_until = NULL WHERE lease_until IS NOT NULL`, params: [] }]);
}
