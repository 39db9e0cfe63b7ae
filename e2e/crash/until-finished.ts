import { setTimeout as passed } from "node:timers/promises";
import type { Sql } from "../../runtime/store/sql.ts";

/** Waits until no run is unfinished, at most `withinMs`; gives how many still are. */
export async function untilFinished(sql: Sql, withinMs: number): Promise<number> {
  const endAt = performance.now() + withinMs;
  for (;;) {
    const [row] = await sql.read<{ n: number }>(`SELECT count(*) AS n FROM runs WHERE finished_at IS NULL`);
    if (row?.n === 0 || performance.now() > endAt) return row?.n ?? 0;
    await passed(50);
  }
}
