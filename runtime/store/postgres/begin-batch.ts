import type { RunSource } from "../../../shared/event/event.ts";
import type { RunStatus } from "../../../shared/run/run.ts";
import type { ClaimedRun, JournalRecord, StoredEvent } from "../engine-store.ts";
import { addBlobs, type BlobRow, decodeRecord, type JournalRow, lacksBlobs } from "../journal-rows.ts";
import type { Database, Query } from "./database.ts";

type BegunRow = {
  run: string;
  epoch: number;
  workspace: string;
  flow: string;
  flowVersion: string;
  trigger: string;
  before: RunStatus;
  createdAt: number;
  length: number;
  signaled: number;
  parentRun: string | null;
  parentStep: string | null;
  depth: number;
  runSource: RunSource;
  eventId: string | null;
} & { [Field in keyof Omit<StoredEvent, "id">]: StoredEvent[Field] };

// What a signal's sender has locked is waited for, not passed over: the claim may be the only one.
const beginText = `
WITH due AS (
  SELECT id, status FROM runs WHERE id = ANY ($1::text[]) AND owner IS NULL AND finished_at IS NULL ORDER BY id FOR UPDATE
), begun AS (
  UPDATE runs SET epoch = epoch + 1, owner = $2, wake_at = NULL, status = 'running', started_at = coalesce(started_at, $3)
  FROM due WHERE runs.id = due.id
  RETURNING runs.id, epoch, workspace_id, flow_id, flow_version_id, trigger_node, event_id, due.status AS before, created_at, journal_length,
    parent_run_id, parent_step, depth, runs.source
)
SELECT b.id AS run, b.epoch, b.workspace_id AS workspace, b.flow_id AS flow, b.flow_version_id AS "flowVersion", b.trigger_node AS "trigger",
  b.before, b.created_at AS "createdAt", b.journal_length AS length, EXISTS (SELECT 1 FROM signals WHERE run_id = b.id) AS signaled,
  b.parent_run_id AS "parentRun", b.parent_step AS "parentStep", b.depth, b.source AS "runSource",
  e.id AS "eventId", e.source, e.received_at AS "receivedAt", e.method, e.headers, e.query, e.content_type AS "contentType", e.event_type AS "eventType", e.body
FROM begun b LEFT JOIN events e ON e.id = b.event_id AND b.journal_length = 0`;

export type Begun = { begun: ClaimedRun[]; unreadable: { run: string; epoch: number }[] };

/** Raises the epochs in one commit, then reads what the holder needs. */
export async function beginRuns(database: Database, runs: string[], worker: string, now: number): Promise<Begun> {
  const { rows } = await database.query<BegunRow>(beginText, [runs, worker, now]);
  const journals = await readJournals(
    database.query,
    rows.filter(({ length }) => length > 0).map(({ run }) => run),
  );
  const result: Begun = { begun: [], unreadable: [] };
  for (const row of rows) {
    const journal = row.length === 0 ? [] : journals.get(row.run);
    if (journal === null || journal === undefined) result.unreadable.push({ run: row.run, epoch: row.epoch });
    else result.begun.push(claimed(row, journal));
  }
  // In the order in which they were claimed.
  const place = new Map(runs.map((run, index) => [run, index]));
  result.begun.sort((a, b) => (place.get(a.run) ?? 0) - (place.get(b.run) ?? 0));
  return result;
}

function claimed(row: BegunRow, journal: JournalRecord[]): ClaimedRun {
  const { run, epoch, workspace, flow, flowVersion, trigger, createdAt } = row;
  const { eventId, source, receivedAt, method, headers, query, contentType, eventType, body } = row;
  return {
    run,
    epoch,
    workspace,
    flow,
    flowVersion,
    trigger,
    source: row.runSource,
    createdAt,
    // A parked run waits and a new one is queued: one that nobody holds and yet runs has lost its holder.
    resumed: row.before === "running",
    signaled: row.signaled === 1,
    parent: row.parentRun === null ? null : { run: row.parentRun, step: row.parentStep ?? "" },
    depth: row.depth,
    journal,
    event: eventId === null ? null : { id: eventId, source, receivedAt, method, headers, query, contentType, eventType, body },
  };
}

/** The whole journals of several runs; null for one that cannot be read. */
async function readJournals(query: Query, runs: string[]): Promise<Map<string, JournalRecord[] | null>> {
  if (runs.length === 0) return new Map();
  const { rows } = await query<JournalRow & { run: string }>(
    `SELECT run_id AS run, entry, value_texts AS "valueTexts" FROM journal WHERE run_id = ANY ($1::text[]) ORDER BY run_id, number`,
    [runs],
  );
  const byRun = new Map<string, JournalRow[]>(runs.map((run) => [run, []]));
  for (const { run, ...row } of rows) byRun.get(run)?.push(row);
  const journals = new Map([...byRun].map(([run, own]) => [run, orNull(() => own.map(decodeRecord))]));
  const lacking = [...journals].flatMap(([run, records]) => (records && lacksBlobs(records) ? run : []));
  if (lacking.length > 0) await fillBlobs(query, journals, lacking);
  return journals;
}

async function fillBlobs(query: Query, journals: Map<string, JournalRecord[] | null>, lacking: string[]): Promise<void> {
  const { rows } = await query<BlobRow & { run: string }>(
    `SELECT run_id AS run, number, name, value_text AS text FROM blobs WHERE run_id = ANY ($1::text[])`,
    [lacking],
  );
  for (const run of lacking) {
    const records = journals.get(run) ?? [];
    const own = rows.filter((row) => row.run === run);
    if (orNull(() => addBlobs(records, own)) === null) journals.set(run, null);
  }
}

/** A row that cannot be read must not hold the others back. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
