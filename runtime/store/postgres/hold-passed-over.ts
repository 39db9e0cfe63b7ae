import type { Signal, StoredSignal } from "../engine-store.ts";
import type { PassedOver } from "../passed-over.ts";
import type { Query } from "./database.ts";

/** What has been left for runs whose rows are locked, by run. */
export async function signalsOf(query: Query, runs: string[]): Promise<Map<string, StoredSignal[]>> {
  const { rows } = await query<{ run: string; id: string; signal: string }>(
    `SELECT run_id AS run, id, signal FROM signals WHERE run_id = ANY ($1::text[]) ORDER BY id`,
    [runs],
  );
  const byRun = new Map<string, StoredSignal[]>();
  for (const { run, id, signal } of rows)
    byRun.set(run, [...(byRun.get(run) ?? []), { id, signal: JSON.parse(signal) as Signal }]);
  return byRun;
}

/**
 * Takes runs off the events that were to resume them; an event that is left with none is held. One after the other and in their order,
 * so that two writes never wait for each other, and each on the row as it is by then.
 */
export async function holdPassedOver(query: Query, lost: (PassedOver & { run: string })[]): Promise<void> {
  const others = `SELECT other FROM json_array_elements_text(runs::json) other WHERE other <> $2`;
  const signals = lost.flatMap((each) => each.signals);
  if (signals.length > 0) await query(`DELETE FROM signals WHERE id = ANY ($1::text[])`, [signals]);
  const pairs = lost.flatMap(({ run, events }) => events.map((event) => ({ event, run })));
  for (const { event, run } of pairs.toSorted((one, other) => (one.event < other.event ? -1 : 1)))
    await query(
      `UPDATE events SET runs = coalesce((SELECT json_agg(other) FROM (${others}) AS left_over)::text, '[]'),
         held = CASE WHEN EXISTS (${others}) THEN held ELSE 1 END WHERE id = $1`,
      [event, run],
    );
}
