import type { NewEvent, NewWait } from "../engine-store.ts";
import { resumeSignal } from "../resume-signal.ts";
import type { Query } from "./database.ts";
import { leaveSignals, lockRuns } from "./leave-signals.ts";
import type { Wakes } from "./wakes.ts";

type Changes = { ref: { run: string }; waits?: { add: NewWait[]; remove: string[] } };
type Owner = { workspace: string; flow: string };

/** Writes down which steps begin to wait, and removes those that do no longer. The rows of their runs are locked. */
export async function keepWaits(query: Query, changes: Changes[], owners: ReadonlyMap<string, Owner>): Promise<void> {
  const added = changes.flatMap(({ ref, waits }) => (waits?.add ?? []).map((wait) => ({ run: ref.run, ...wait })));
  const removed = changes.flatMap(({ ref, waits }) => (waits?.remove ?? []).map((step) => ({ run: ref.run, step })));
  if (added.length > 0)
    await query(
      `INSERT INTO waits (run_id, step, workspace_id, flow_id, kind, entry, approvers, since, until, trigger_node, path, key)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[],
         $10::text[], $11::text[], $12::text[]) ON CONFLICT (run_id, step) DO NOTHING`,
      [
        added.map(({ run }) => run),
        added.map(({ step }) => step),
        added.map(({ run }) => owners.get(run)?.workspace ?? ""),
        added.map(({ run }) => owners.get(run)?.flow ?? ""),
        added.map(({ kind }) => kind),
        added.map(({ entry }) => entry),
        added.map(({ approvers }) => JSON.stringify(approvers)),
        added.map(({ since }) => since),
        added.map(({ until }) => until),
        added.map(({ correlation }) => correlation?.trigger ?? null),
        added.map(({ correlation }) => correlation?.path ?? null),
        added.map(({ correlation }) => correlation?.key ?? null),
      ],
    );
  if (removed.length > 0) await deleteWaits(query, removed);
}

type WaitRow = { event: string; run: string; step: string };

/**
 * Which steps the events would resume: each goes to the first event that has its key and did not come before (`now`: by which dedupe keys
 * count). Their runs are locked before anything else is, as whoever writes a run does, so that neither waits for the other.
 */
export async function findWaits(query: Query, events: NewEvent[], now: number): Promise<Map<string, WaitRow[]>> {
  const asked = events.flatMap((event) => (event.correlations ?? []).map((correlation) => ({ event, ...correlation })));
  if (asked.length === 0) return new Map();
  const select = () =>
    query<WaitRow>(
      `SELECT a.event, w.run_id AS run, w.step
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[]) WITH ORDINALITY
         AS a (event, flow_id, node, path, key, at, place)
       JOIN waits w ON w.flow_id = a.flow_id AND w.trigger_node = a.node AND w.path = a.path AND w.key = a.key AND w.until > a.at
       ORDER BY a.place, w.run_id, w.step`,
      [
        asked.map(({ event }) => event.id),
        asked.map(({ event }) => event.flow),
        asked.map(({ event }) => event.node ?? ""),
        asked.map(({ path }) => path),
        asked.map(({ key }) => key),
        asked.map(({ event }) => event.receivedAt),
      ],
    );
  const { rows: seen } = await select();
  if (seen.length === 0) return new Map();
  await lockRuns(query, [...new Set(seen.map(({ run }) => run))]);
  const again = await cameBefore(
    query,
    events.filter(({ id }) => seen.some(({ event }) => event === id)),
    now,
  );
  // What has ended meanwhile is gone; what has begun meanwhile is not locked, and was not waiting when the event came.
  const locked = new Set(seen.map(({ run, step }) => `${run} ${step}`));
  const found = new Map<string, WaitRow[]>();
  for (const row of (await select()).rows) {
    if (again.has(row.event) || !locked.delete(`${row.run} ${row.step}`)) continue;
    found.set(row.event, [...(found.get(row.event) ?? []), row]);
  }
  return found;
}

/** Asked once the runs are locked: what another node accepts for them is durable by then. */
async function cameBefore(query: Query, events: NewEvent[], now: number): Promise<Set<string>> {
  const keyed = events.flatMap(({ id, dedupe }) => (dedupe ? [{ id, ...dedupe }] : []));
  if (keyed.length === 0) return new Set();
  const { rows } = await query<{ id: string }>(
    `SELECT a.id FROM unnest($1::text[], $2::text[], $3::text[]) AS a (id, scope, key)
     JOIN dedupe_keys d ON d.scope = a.scope AND d.key = a.key WHERE d.expires_at > $4`,
    [keyed.map(({ id }) => id), keyed.map(({ scope }) => scope), keyed.map(({ key }) => key), now],
  );
  return new Set(rows.map(({ id }) => id));
}

type Deps = { wakes: Wakes; ids: { next(prefix: string): string } };

/** Leaves the events that were accepted for the steps that wait for them, which wait for nothing more. */
export async function resumeSteps(
  query: Query,
  deps: Deps,
  { events, found, now }: { events: NewEvent[]; found: ReadonlyMap<string, WaitRow[]>; now: number },
): Promise<void> {
  const taken = events.flatMap((by) => (found.get(by.id) ?? []).map(({ run, step }) => ({ by, run, step })));
  if (taken.length === 0) return;
  await deleteWaits(query, taken);
  await leaveSignals(
    query,
    deps,
    taken.map(({ by, run, step }) => ({ run, signal: resumeSignal(by, step) })),
    now,
  );
}

async function deleteWaits(query: Query, waits: { run: string; step: string }[]): Promise<void> {
  await query(
    `DELETE FROM waits USING unnest($1::text[], $2::text[]) AS t (run_id, step) WHERE waits.run_id = t.run_id AND waits.step = t.step`,
    [waits.map(({ run }) => run), waits.map(({ step }) => step)],
  );
}
