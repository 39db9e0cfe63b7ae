import type { Sql } from "../../runtime/store/sql.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import type { CountingUpstream } from "./counting-upstream.ts";
import { calls } from "./two-calls.ts";

/** A promise that was broken, with what is needed to find out why. */
export type Fault = { fault: string; id: string; run?: string; journal?: string[]; arrivals?: Record<string, string[]> };

export type Verdict = {
  /** Runs that have come to an end. */
  finished: number;
  /** Acknowledged ids without a run that succeeded. */
  lost: number;
  /** Ids with more than one event or run. */
  duplicated: number;
  /** Calls that were begun, or came to the upstream, after their result was journaled; without those of `sentOnWaking`. */
  stepsRepeated: number;
  /**
   * Requests of a process that was stopped between its last look, whether the run is still its own, and the write to the socket. It
   * sends on waking what another one has done since, with the same key: no sender can prevent that.
   */
  sentOnWaking: number;
  /** Requests beyond the one of a call and one for each time that its run was resumed. */
  extraSends: number;
  /** Calls that came, or were meant to go out, with more than one idempotency key. */
  keyChanged: number;
  /** Requests that came a second time, as a resumed run may send them. */
  repeats: number;
  resumes: number;
  /** Runs that were parked and woken. */
  parked: number;
  /** Attempts that failed although the upstream answers everything. */
  attemptsFailed: number;
  faults: Fault[];
};

/** For how long a process was stopped, in ms since the epoch. */
export type Stop = { from: number; to: number };

type RunRow = { id: string; status: string; epoch: number; owner: string | null; finishedAt: number | null; length: number };
type EventRow = { id: string; key: string; runs: string };

type Lists = Pick<Sql, "list">;
type Arrivals = Pick<CountingUpstream, "arrivals">;

type Evidence = { upstream: Arrivals; acknowledged: Map<string, string>; stops: readonly Stop[] };

const runsAtOnce = 400;
/** How long what a process sends on waking may take to the upstream, on a busy machine. */
const wakingMs = 500;

/** The oracle: what the database and the upstream hold at the end, against what senders were promised. */
export async function judge(sql: Lists, { upstream, acknowledged, stops }: Evidence): Promise<Verdict> {
  const verdict: Verdict = {
    finished: 0,
    lost: 0,
    duplicated: 0,
    stepsRepeated: 0,
    sentOnWaking: 0,
    extraSends: 0,
    keyChanged: 0,
    repeats: 0,
    resumes: 0,
    parked: 0,
    attemptsFailed: 0,
    faults: [],
  };
  const idOfRun = judgeEvents(verdict, await readEvents(sql), acknowledged);
  const succeeded = new Set<string>();
  for await (const { row, entries } of readRuns(sql)) {
    const id = idOfRun.get(row.id);
    if (id === undefined) {
      verdict.faults.push({ fault: "a run that no event has started", id: "", run: row.id });
      continue;
    }
    const tell = (fault: string) => void verdict.faults.push({ fault, id, run: row.id, ...evidence(upstream, id, entries) });
    if (row.finishedAt !== null) verdict.finished += 1;
    if (row.status === "succeeded") succeeded.add(id);
    else {
      // Everything else that is missing follows from it.
      tell(`the run is ${row.status}, held by ${row.owner}, epoch ${row.epoch}`);
      continue;
    }
    judgeJournal(row, entries, tell);
    judgeCalls({ verdict, upstream, stops, id, entries, tell });
  }
  for (const id of acknowledged.keys()) if (!succeeded.has(id)) verdict.lost += 1;
  return verdict;
}

/** Which id each run is of. */
function judgeEvents(verdict: Verdict, events: EventRow[], acknowledged: Map<string, string>): Map<string, string> {
  const idOfRun = new Map<string, string>();
  const eventsOf = new Map<string, EventRow[]>();
  for (const event of events) {
    const id = event.key.slice(event.key.lastIndexOf(":") + 1);
    eventsOf.set(id, [...(eventsOf.get(id) ?? []), event]);
    for (const run of JSON.parse(event.runs) as string[]) idOfRun.set(run, id);
  }
  for (const [id, rows] of eventsOf) {
    const runs = rows.flatMap((row) => JSON.parse(row.runs) as string[]);
    if (runs.length === 1) continue;
    if (runs.length > 1) verdict.duplicated += 1;
    verdict.faults.push({ fault: `${rows.length} events, ${runs.length} runs`, id, run: runs.join(" ") });
  }
  for (const [id, event] of acknowledged)
    if (!eventsOf.get(id)?.some((row) => row.id === event)) verdict.faults.push({ fault: `event ${event} is not there`, id });
  return idOfRun;
}

/** Numbered without a gap, one beginning, one end after which nothing comes, each step settled once: no zombie wrote. */
function judgeJournal(row: RunRow, entries: JournalEntry[], tell: (fault: string) => void): void {
  const view = foldJournal(entries);
  if (entries.some(({ number }, index) => number !== index + 1) || row.length !== entries.length)
    tell(`the journal has ${entries.length} entries of ${row.length}, or a gap`);
  for (const kind of ["run-started", "run-finished"] as const) {
    const count = entries.filter((entry) => entry.kind === kind).length;
    if (count !== 1) tell(`${count} entries ${kind}`);
  }
  if (entries.at(-1)?.kind !== "run-finished") tell("something was written after the end");
  const settled = entries.flatMap((entry) =>
    entry.kind === "step-succeeded" || entry.kind === "step-failed" || entry.kind === "step-skipped" ? entry.node : [],
  );
  if (new Set(settled).size !== settled.length) tell("a step was settled twice");
  if (row.status !== view.status) tell(`the row says ${row.status}, the journal ${view.status}`);
  if (row.owner !== null) tell(`still held by ${row.owner}`);
  // Each resumption is a claim of its own, and each claim raises the epoch.
  if (row.epoch < 1 + view.resumes) tell(`resumed ${view.resumes} times in epoch ${row.epoch}`);
}

type RunCalls = {
  verdict: Verdict;
  upstream: Arrivals;
  stops: readonly Stop[];
  id: string;
  entries: JournalEntry[];
  tell(fault: string): void;
};

function judgeCalls({ verdict, upstream, stops, id, entries, tell }: RunCalls): void {
  const { resumes } = foldJournal(entries);
  verdict.resumes += resumes;
  if (entries.some((entry) => entry.kind === "step-waiting" && entry.reason === "delay")) verdict.parked += 1;
  for (const { node, path } of calls) {
    const arrivals = upstream.arrivals(path, id);
    const attempts = entries.filter((entry) => entry.kind === "attempt-started" && entry.node === node);
    const retried = entries.filter((entry) => entry.kind === "attempt-failed" && entry.node === node).length;
    const settled = entries.find((entry) => entry.kind === "step-succeeded" && entry.node === node);
    verdict.attemptsFailed += retried;
    verdict.repeats += Math.max(0, arrivals.length - 1);
    if (arrivals.length === 0 || !settled) tell(`${node}: sent ${arrivals.length} times, ${settled ? "" : "not "}settled`);
    const tooLate = arrivals.filter(({ at }) => settled && at > settled.at);
    const onWaking = tooLate.filter(({ at }) => settled && sentOnWaking(at, { attempts, settled, stops })).length;
    const late = tooLate.length - onWaking;
    verdict.sentOnWaking += onWaking;
    const begunAgain = attempts.filter(({ number }) => settled && number > settled.number).length;
    if (late + begunAgain > 0) {
      verdict.stepsRepeated += late + begunAgain;
      tell(`${node}: after its result, ${begunAgain} attempts were begun and ${late} requests came`);
    }
    const allowed = 1 + resumes + retried;
    if (arrivals.length > Math.min(allowed, attempts.length) || attempts.length > allowed) {
      verdict.extraSends += Math.max(1, arrivals.length - allowed);
      tell(`${node}: sent ${arrivals.length} times, begun ${attempts.length} times, resumed ${resumes} times`);
    }
    const wire = new Set(arrivals.map(({ key }) => key));
    const intended = new Set(attempts.flatMap((entry) => (entry.kind === "attempt-started" ? entry.idempotencyKey : [])));
    if (wire.size > 1 || intended.size > 1 || (path === "keyed" && wire.has(null))) {
      verdict.keyChanged += 1;
      tell(`${node}: its keys are ${[...wire].join(", ")}, in the journal ${[...intended].join(", ")}`);
    }
  }
}

type Call = { attempts: JournalEntry[]; settled: JournalEntry; stops: readonly Stop[] };

/** Was a process stopped once the attempt was begun and until just before its request came, while another one got the result? */
function sentOnWaking(at: number, { attempts, settled, stops }: Call): boolean {
  const earlier = attempts.slice(0, -1);
  return stops.some(
    ({ from, to }) => from <= settled.at && to <= at && at <= to + wakingMs && earlier.some((attempt) => attempt.at <= from),
  );
}

function evidence(upstream: Arrivals, id: string, entries: JournalEntry[]): Pick<Fault, "journal" | "arrivals"> {
  return {
    journal: entries.map(({ number, at, kind, ...entry }) => `${number} ${at} ${kind} ${"node" in entry ? entry.node : ""}`),
    arrivals: Object.fromEntries(
      calls.map(({ path }) => [path, upstream.arrivals(path, id).map(({ at, key }) => `${at} ${key ?? ""}`)]),
    ),
  };
}

function readEvents(sql: Lists): Promise<EventRow[]> {
  return sql.list<EventRow>(`SELECT id, dedupe_key AS key, runs FROM events WHERE dedupe_key IS NOT NULL`);
}

/** All runs with their journals, some hundred at a time. */
async function* readRuns(sql: Lists): AsyncGenerator<{ row: RunRow; entries: JournalEntry[] }> {
  for (let after = ""; ; ) {
    const rows = await sql.list<RunRow>(
      `SELECT id, status, epoch, owner, finished_at AS "finishedAt", journal_length AS length FROM runs WHERE id > $1 ORDER BY id LIMIT $2`,
      [after, runsAtOnce],
    );
    const last = rows.at(-1)?.id;
    if (last === undefined) return;
    const records = await sql.list<{ run: string; entry: string }>(
      `SELECT run_id AS run, entry FROM journal WHERE run_id > $1 AND run_id <= $2 ORDER BY run_id, number`,
      [after, last],
    );
    const entriesOf = Map.groupBy(records, ({ run }) => run);
    for (const row of rows)
      yield { row, entries: (entriesOf.get(row.id) ?? []).map(({ entry }) => JSON.parse(entry) as JournalEntry) };
    after = last;
  }
}
