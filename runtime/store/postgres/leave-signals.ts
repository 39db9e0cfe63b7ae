import type { SignalTo } from "../engine-store.ts";
import type { Query } from "./database.ts";
import type { Wakes } from "./wakes.ts";

type Deps = { wakes: Wakes; ids: { next(prefix: string): string } };

/** Leaves signals for runs that have not ended, and wakes those that nobody holds. Gives how many were left. */
export async function leaveSignals(query: Query, { wakes, ids }: Deps, signals: SignalTo[], now: number): Promise<number> {
  let left = 0;
  for (const { run, signal } of signals) {
    // Locks the row: whoever parks the run comes before, or sees the signal.
    const { rows } = await query<{ idle: number }>(
      `UPDATE runs SET wake_at = CASE WHEN owner IS NULL THEN $1 ELSE wake_at END WHERE id = $2 AND finished_at IS NULL
       RETURNING owner IS NULL AS idle`,
      [now, run],
    );
    const [row] = rows;
    if (!row) continue;
    await query(`INSERT INTO signals (id, run_id, signal, created_at) VALUES ($1, $2, $3, $4)`, [
      ids.next("sig"),
      run,
      JSON.stringify(signal),
      now,
    ]);
    if (row.idle === 1) await wakes.insert(query, [{ run, at: null, begun: true }]);
    left += 1;
  }
  return left;
}

/** Locks the rows of runs in one order for all, so that two of them that signal each other do not wait for each other. */
export async function lockRuns(query: Query, runs: string[]): Promise<void> {
  await query(`SELECT id FROM runs WHERE id = ANY ($1::text[]) ORDER BY id FOR UPDATE`, [runs]);
}
