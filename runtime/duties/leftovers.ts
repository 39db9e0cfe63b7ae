import type { Clock } from "../ids.ts";
import type { Governor } from "../store/governor.ts";
import type { Sql, SqlValue } from "../store/sql.ts";
import type { Duty } from "./duties.ts";

type Deps = { sql: Sql; clock: Clock; governor: Pick<Governor, "purge"> };

const everyMs = 600_000;
const dayMs = 86_400_000;

/** Rows of `table` that nobody can use any more: those whose `key` is in `select`; `batch` keys at a time. */
type Leftover = { table: string; key: string; select: string; params(now: number): SqlValue[]; batch: number };

const leftovers: Leftover[] = [
  {
    table: "imports",
    key: "id",
    select: "SELECT id FROM imports WHERE created_at < $1",
    params: (now) => [now - dayMs],
    // Each may have several MB.
    batch: 20,
  },
  {
    table: "import_parts",
    key: "import_id",
    select: "SELECT DISTINCT import_id FROM import_parts WHERE import_id NOT IN (SELECT id FROM imports)",
    params: () => [],
    batch: 20,
  },
  {
    table: "sessions",
    key: "token_hash",
    select: "SELECT token_hash FROM sessions WHERE expires_at <= $1",
    params: (now) => [now],
    batch: 500,
  },
  {
    table: "invitations",
    key: "id",
    select: "SELECT id FROM invitations WHERE expires_at <= $1",
    params: (now) => [now],
    batch: 500,
  },
  {
    table: "signals",
    key: "id",
    select: "SELECT s.id FROM signals s JOIN runs r ON r.id = s.run_id WHERE r.finished_at IS NOT NULL",
    params: () => [],
    batch: 500,
  },
];

/** Clears away imports of the day before, sessions and invitations that have ended, and signals of finished runs, in small batches. */
export function clearLeftovers({ sql, clock, governor }: Deps): Duty {
  async function clearBatch({ table, key, select, params, batch }: Leftover): Promise<number> {
    const text = `DELETE FROM ${table} WHERE ${key} IN (${select} LIMIT ${batch})`;
    const cleared = await sql.commit([{ text, params: params(clock()) }]);
    return cleared.outcome === "committed" ? (cleared.changes[0] ?? 0) : 0;
  }

  return {
    name: "clear-leftovers",
    everyMs,
    async run(signal) {
      for (const leftover of leftovers) while (!signal.aborted && (await clearBatch(leftover)) >= leftover.batch);
      await governor.purge();
    },
  };
}
