import type { RunStatus } from "../../../shared/run/run.ts";
import { isParked, type RunRef, type RunWrite, type StoredSignal, type WriteOutcome, wakeAtOf } from "../engine-store.ts";
import type { EncodedRecord, EncodedStart } from "../journal-rows.ts";
import { passedOver } from "../passed-over.ts";
import type { Database, Query } from "./database.ts";
import { holdPassedOver, signalsOf } from "./hold-passed-over.ts";
import { leaveSignals, lockRuns } from "./leave-signals.ts";
import { startRuns } from "./start-runs.ts";
import { keepWaits } from "./waits.ts";
import type { Wake, Wakes } from "./wakes.ts";

export type WriteRequest = Omit<RunWrite, "records" | "starts"> & {
  records: EncodedRecord[];
  starts: EncodedStart[];
  /** Number of the answer's entry among them. */
  answer: number | null;
};

export type RunHint = { run: string; workspace: string; flow: string; status: RunStatus; length: number; answered: boolean };
export type Written = { outcome: WriteOutcome; hint: RunHint | null };

/** A run takes part once in a commit: its writes follow one another. */
export function runOf({ ref }: { ref: RunRef }): string {
  return ref.run;
}

type Deps = { database: Database; wakes: Wakes; ids: { next(prefix: string): string } };

/** Appends, parks and finishes, each behind its own fence, in one commit. */
export async function commitWrites(deps: Deps, requests: WriteRequest[], now: number): Promise<Written[]> {
  const { database } = deps;
  const more = requests.some(
    ({ release, starts, signals = [], waits }) => waits || isParked(release) || starts.length + signals.length > 0,
  );
  // One statement is a commit of its own.
  const hints = more
    ? await database.transaction((query) => writeWithMore(query, deps, requests, now))
    : await write(database.query, requests, now);
  return requests.map(({ ref }) => {
    const hint = hints.get(ref.run) ?? null;
    return { outcome: { outcome: hint ? "written" : "stale" }, hint };
  });
}

/** With what the writes cause elsewhere: wakes, runs that start, signals for other runs. Nothing of it for a write that is stale. */
async function writeWithMore(query: Query, deps: Deps, requests: WriteRequest[], now: number): Promise<Map<string, RunHint>> {
  const { wakes } = deps;
  const told = requests.flatMap(({ signals = [] }) => signals.map(({ run }) => run));
  const ending = requests.filter(({ waits }) => waits !== undefined && waits.remove.length > 0);
  // Whoever has an event for a step that ends comes before, and is seen, or finds that it waits no longer.
  if (told.length + ending.length > 0) await lockRuns(query, [...requests.map(runOf), ...told]);
  const unread = ending.length > 0 ? await signalsOf(query, ending.map(runOf)) : new Map<string, StoredSignal[]>();
  const written = await write(query, requests, now);
  const taken = requests.filter((request) => written.has(runOf(request)));
  await startRuns(
    query,
    wakes,
    taken.flatMap(({ starts }) => starts),
  );
  await leaveSignals(
    query,
    deps,
    taken.flatMap(({ signals = [] }) => signals),
    now,
  );
  await keepWaits(query, taken, written);
  await holdPassedOver(
    query,
    taken.map((request) => ({ run: runOf(request), ...passedOver(request, unread.get(runOf(request)) ?? []) })),
  );
  if (requests.some(({ release }) => isParked(release)))
    await wakes.insert(query, await wakesOfParked(query, requests, written, now));
  return written;
}

// The conditions on epoch and owner are the fence: a later claim has raised the one, and a run that was given up has no owner.
// The one on the length keeps the numbers without a gap. Without a row in `written` nothing else of the write happens.
const writeText = `
WITH input AS (
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::bigint[])
  AS t (id, epoch, added, answer, after, status, error, wake_at, finished_at)
), written AS (
  UPDATE runs SET journal_length = runs.journal_length + i.added, answer_entry = coalesce(runs.answer_entry, i.answer),
    status = coalesce(i.status, runs.status), owner = CASE WHEN i.status IS NULL THEN runs.owner END,
    wake_at = i.wake_at, error = i.error, finished_at = i.finished_at
  FROM input i
  WHERE runs.id = i.id AND runs.epoch = i.epoch AND runs.owner IS NOT NULL AND runs.journal_length = coalesce(i.after, runs.journal_length)
  RETURNING runs.id, runs.workspace_id, runs.flow_id, runs.status, runs.journal_length, runs.answer_entry, runs.finished_at
), entries AS (
  INSERT INTO journal (run_id, number, entry, value_texts)
  SELECT e.* FROM unnest($10::text[], $11::bigint[], $12::text[], $13::text[]) AS e (run_id, number, entry, value_texts)
  WHERE e.run_id IN (SELECT id FROM written)
), large AS (
  INSERT INTO blobs (run_id, number, name, value_text)
  SELECT b.* FROM unnest($14::text[], $15::bigint[], $16::text[], $17::text[]) AS b (run_id, number, name, value_text)
  WHERE b.run_id IN (SELECT id FROM written)
), consumed AS (
  DELETE FROM signals s USING written w WHERE s.run_id = w.id AND (w.finished_at IS NOT NULL OR s.id = ANY ($18::text[]))
)
SELECT id AS run, workspace_id AS workspace, flow_id AS flow, status, journal_length AS length, answer_entry IS NOT NULL AS answered
FROM written`;

async function write(query: Query, requests: WriteRequest[], now: number): Promise<Map<string, RunHint>> {
  const rows = requests.flatMap(({ ref, records }) => records.map((record) => ({ run: ref.run, ...record })));
  const blobs = rows.flatMap(({ run, number, blobs }) => blobs.map((blob) => ({ run, number, ...blob })));
  const { rows: written } = await query<Omit<RunHint, "answered"> & { answered: number }>(writeText, [
    requests.map(runOf),
    requests.map(({ ref }) => ref.epoch),
    requests.map(({ records }) => records.length),
    requests.map(({ answer }) => answer),
    requests.map(({ records }) => (records[0] ? records[0].number - 1 : null)),
    requests.map(({ release }) => (release.to === "running" ? null : release.to === "final" ? release.status : release.to)),
    requests.map(({ release }) => (release.to === "final" ? release.error : null)),
    requests.map(({ release }) => wakeAtOf(release)),
    requests.map(({ release }) => (release.to === "final" ? now : null)),
    rows.map(({ run }) => run),
    rows.map(({ number }) => number),
    rows.map(({ entry }) => entry),
    rows.map(({ valueTexts }) => valueTexts),
    blobs.map(({ run }) => run),
    blobs.map(({ number }) => number),
    blobs.map(({ name }) => name),
    blobs.map(({ text }) => text),
    requests.flatMap(({ consumed }) => consumed),
  ]);
  return new Map(written.map((row) => [row.run, { ...row, answered: row.answered === 1 }]));
}

/**
 * What falls due by itself, and what was left a signal while it was held: asked after the rows are locked, since whoever leaves a
 * signal locks the row first and wakes only what nobody holds.
 */
async function wakesOfParked(
  query: Query,
  requests: WriteRequest[],
  written: Map<string, RunHint>,
  now: number,
): Promise<Wake[]> {
  const parked = requests.flatMap(({ ref, release }) =>
    isParked(release) && written.has(ref.run) ? [{ run: ref.run, wakeAt: wakeAtOf(release) }] : [],
  );
  const { rows } = await query<{ signaled: string[]; databaseNow: number }>(
    `WITH signaled AS (
      UPDATE runs SET wake_at = $1 WHERE id = ANY ($2::text[]) AND EXISTS (SELECT 1 FROM signals WHERE run_id = runs.id) RETURNING id
    ) SELECT ARRAY (SELECT id FROM signaled) AS signaled, now_ms() AS "databaseNow"`,
    [now, parked.map(({ run }) => run)],
  );
  const [{ signaled, databaseNow } = { signaled: [], databaseNow: now }] = rows;
  const due = new Set(signaled);
  return parked.flatMap(({ run, wakeAt }): Wake[] => {
    if (due.has(run)) return [{ run, at: null, begun: true }];
    if (wakeAt === null) return [];
    // Where our clock is behind the database's, what is due by that one may not be by ours: it would come again at once, and again.
    const at = wakeAt <= databaseNow ? databaseNow + Math.max(0, wakeAt - now) : wakeAt;
    return [{ run, at, begun: true }];
  });
}
