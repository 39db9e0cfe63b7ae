import { Flow } from "../../shared/flow/flow.ts";
import type { KeyValues } from "../engine/key-values.ts";
import { type Clock, firstIdAt } from "../ids.ts";
import type { Sql, SqlValue, Statement } from "../store/sql.ts";
import type { Duty } from "./duties.ts";

type Deps = {
  sql: Sql;
  clock: Clock;
  keyValues: Pick<KeyValues, "purge">;
  /** For flows that say nothing themselves; 0 keeps everything. */
  retentionDays: number;
};

const dayMs = 86_400_000;
/** Rows that one commit deletes: others write between two of them. */
const batch = 200;
/** What belongs to a run, besides its journal. */
const ofRuns = ["blobs", "signals", "key_value_changes", "run_turns"];

/**
 * Deletes ended runs with all that belongs to them, and events that no run is left of, once they are older than their flow keeps them;
 * also keys of once steps whose window is over. A run is kept while it goes on, and while the one that started it does.
 */
export function deleteOld({ sql, clock, keyValues, retentionDays }: Deps): Duty {
  return {
    name: "retention",
    everyMs: 600_000,
    async run(signal) {
      const days = await retentionOf(sql, retentionDays);
      for (const [flow, kept] of days) {
        const before = clock() - kept * dayMs;
        while (!signal.aborted && (await deleteRuns(sql, flow, before)));
        await deleteEvents(sql, { flow, before, signal });
      }
      while (!signal.aborted && (await keyValues.purge()) > 0);
    },
  };
}

/** For how many days each flow keeps what has ended, as its published version says; those that keep everything are left out. */
async function retentionOf(sql: Sql, usual: number): Promise<Map<string, number>> {
  const flows = await sql.list<{ id: string; document: string | null }>(
    `SELECT f.id, CASE WHEN v.document LIKE '%"retentionDays"%' THEN v.document END AS document
     FROM flows f LEFT JOIN flow_versions v ON v.id = f.published_version_id ORDER BY f.id`,
  );
  const days = new Map<string, number>();
  for (const { id, document } of flows) {
    const own = document === null ? undefined : Flow.safeParse(JSON.parse(document)).data?.settings?.retentionDays;
    const kept = own ?? usual;
    if (kept > 0) days.set(id, kept);
  }
  return days;
}

/** Deletes the oldest runs, or a part of one that is long; false when there are none. */
async function deleteRuns(sql: Sql, flow: string, before: number): Promise<boolean> {
  const old = await sql.list<{ id: string; entries: number }>(
    `SELECT r.id, r.journal_length AS entries FROM runs r
     WHERE r.flow_id = $1 AND r.finished_at < $2 AND r.id < $3
       AND NOT EXISTS (SELECT 1 FROM runs p WHERE p.id = r.parent_run_id AND p.finished_at IS NULL)
     ORDER BY r.id LIMIT 50`,
    [flow, before, firstIdAt("run", before)],
  );
  const [first] = old;
  if (!first) return false;
  if (first.entries > batch) await shorten(sql, first.id);
  let rows = 0;
  // The first is short by now; a long one behind it waits for its own turn.
  const whole = old.filter(({ entries }, at) => {
    rows += Math.min(entries, batch) + 1;
    return at === 0 || rows <= batch;
  });
  const ids = whole.map(({ id }) => id);
  const chosen = placeholders(ids);
  const outcome = await sql.commit([
    ...[...ofRuns, "journal"].map(
      (table): Statement => ({ text: `DELETE FROM ${table} WHERE run_id IN (${chosen})`, params: ids }),
    ),
    { text: `DELETE FROM runs WHERE id IN (${chosen})`, params: ids },
  ]);
  return outcome.outcome === "committed";
}

/** Takes the end off a long journal, until one batch of it is left. */
async function shorten(sql: Sql, run: string): Promise<void> {
  for (;;) {
    const [row] = await sql.read<{ last: number | null }>(`SELECT max(number) AS last FROM journal WHERE run_id = $1`, [run]);
    const from = (row?.last ?? 0) - batch;
    if (from <= 0) return;
    await sql.commit([
      { text: `DELETE FROM blobs WHERE run_id = $1 AND number > $2`, params: [run, from] },
      { text: `DELETE FROM journal WHERE run_id = $1 AND number > $2`, params: [run, from] },
    ]);
  }
}

type EventRow = { id: string; runs: string; delivery: string | null };
type OldEvents = { flow: string; before: number; signal: AbortSignal };

/** Deletes events that nothing is left of: no run that they started, none that is about to begin with them, and none that they wait for. */
async function deleteEvents(sql: Sql, { flow, before, signal }: OldEvents): Promise<void> {
  for (let after = ""; !signal.aborted; ) {
    const events = await sql.list<EventRow>(
      `SELECT id, runs, delivery_id AS delivery FROM events
       WHERE flow_id = $1 AND id > $2 AND id < $3 AND received_at < $4 AND held = 0 ORDER BY id LIMIT ${batch}`,
      [flow, after, firstIdAt("evt", before), before],
    );
    const last = events.at(-1);
    if (!last) return;
    after = last.id;
    const runsOf = new Map(events.map(({ id, runs }) => [id, JSON.parse(runs) as string[]]));
    const left = await found(sql, `SELECT id FROM runs WHERE id IN`, [...runsOf.values()].flat());
    const wanted = await found(
      sql,
      `SELECT event_id AS id FROM runs WHERE finished_at IS NULL AND journal_length = 0 AND event_id IN`,
      events.map(({ id }) => id),
    );
    const gone = events.filter(({ id }) => !wanted.has(id) && !runsOf.get(id)?.some((run) => left.has(run)));
    if (gone.length === 0) continue;
    const deliveries = [...new Set(gone.flatMap(({ delivery }) => delivery ?? []))];
    await sql.commit([
      { text: `DELETE FROM events WHERE id IN (${placeholders(gone)})`, params: gone.map(({ id }) => id) },
      ...deliveries.map((id) => ({
        text: `DELETE FROM deliveries WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM events WHERE flow_id = $2 AND delivery_id = $3)`,
        params: [id, flow, id],
      })),
    ]);
  }
}

async function found(sql: Sql, text: string, ids: string[]): Promise<Set<string>> {
  const rows: { id: string }[] = [];
  for (let at = 0; at < ids.length; at += batch) {
    const some: SqlValue[] = ids.slice(at, at + batch);
    rows.push(...(await sql.list<{ id: string }>(`${text} (${placeholders(some)})`, some)));
  }
  return new Set(rows.map(({ id }) => id));
}

function placeholders(values: readonly unknown[]): string {
  return values.map((_, at) => `$${at + 1}`).join(", ");
}
