import type { RunSource } from "../../../shared/event/event.ts";
import type { JournalEntry, JournalValues } from "../../../shared/run/journal.ts";
import type { RunStatus } from "../../../shared/run/run.ts";
import type { Bus } from "../bus.ts";
import {
  answerIn,
  type ClaimedRun,
  type EngineStore,
  isParked,
  type JournalRecord,
  type NewWait,
  type PreparedRun,
  type RunState,
  type RunWrite,
  type Signal,
  type StartOutcome,
  type StoredEvent,
  type StoredSignal,
  type WriteOutcome,
  wakeAtOf,
} from "../engine-store.ts";
import { publishQueued } from "../ingest-hints.ts";
import { type EncodedRecord, type EncodedStart, encodeRecords, encodeStarts } from "../journal-rows.ts";
import { passedOver } from "../passed-over.ts";
import type { Claim } from "../queue.ts";
import type { DedupeKeys } from "./dedupe-keys.ts";
import type { EngineStatements } from "./engine-statements.ts";
import type { GroupCommit } from "./group-commit.ts";
import { readRecord, readRecords } from "./journal-rows.ts";
import { createSqliteIngest } from "./sqlite-ingest.ts";

type ClaimableRow = {
  epoch: number;
  workspace: string;
  flow: string;
  flowVersion: string;
  trigger: string;
  source: RunSource;
  event: string;
  status: RunStatus;
  createdAt: number;
  journalLength: number;
  parentRun: string | null;
  parentStep: string | null;
  depth: number;
  signaled: number;
};
type RunHintRow = { workspace: string; flow: string; status: RunStatus; length: number; answered: number };

/** When a run whose rows could not be read is looked at again. */
const unreadableAgainMs = 60_000;

type Deps = {
  sql: EngineStatements;
  keys: DedupeKeys;
  commits: GroupCommit;
  bus: Bus;
  clock: () => number;
  ids: { next(prefix: string): string };
};

/** The engine store on one SQLite file: every verb that writes goes through the group commit. */
export function createSqliteEngineStore(deps: Deps): EngineStore {
  const { sql, keys, commits, bus, clock, ids } = deps;
  async function begin(claims: Claim[], worker: string): Promise<ClaimedRun[] | null> {
    const now = clock();
    // One write each: a run whose rows cannot be read must not hold the others back.
    const begun = await Promise.all(
      claims.map(({ run }) =>
        commits.submit<ClaimedRun | "unreadable" | "unavailable" | null>({
          apply: () => beginOne(run, worker, now),
          refused: () => "unreadable",
          unavailable: () => "unavailable",
        }),
      ),
    );
    if (begun.length > 0 && begun.every((run) => run === "unavailable")) return null;
    const unreadable = claims.filter((_, index) => begun[index] === "unreadable");
    await Promise.all(unreadable.map(({ run }) => postpone(run, now + unreadableAgainMs)));
    return begun.filter((run) => run !== null && typeof run !== "string");
  }

  function postpone(run: string, until: number): Promise<unknown> {
    return commits.submit({ apply: () => sql.postponeRun.run(until, run), refused: () => null, unavailable: () => null });
  }

  function beginOne(run: string, worker: string, now: number): ClaimedRun | null {
    const row = sql.selectClaimable.get(run) as ClaimableRow | undefined;
    if (!row) return null;
    sql.beginRun.run(worker, now, run);
    const fresh = row.journalLength === 0;
    return {
      run,
      epoch: row.epoch + 1,
      workspace: row.workspace,
      flow: row.flow,
      flowVersion: row.flowVersion,
      trigger: row.trigger,
      source: row.source,
      createdAt: row.createdAt,
      // A parked run waits and a new one is queued: one that nobody holds and yet runs has lost its holder.
      resumed: row.status === "running",
      signaled: row.signaled === 1,
      parent: row.parentRun === null ? null : { run: row.parentRun, step: row.parentStep ?? "" },
      depth: row.depth,
      journal: fresh ? [] : readRecords(sql, run, 0),
      event: fresh ? ((sql.selectEvent.get(row.event) as StoredEvent | undefined) ?? null) : null,
    };
  }

  async function write(request: RunWrite): Promise<WriteOutcome> {
    const encoded = encodeRecords(request.records);
    if ("problem" in encoded) return { outcome: "refused", reason: encoded.problem };
    const starts = encodeStarts(request.starts ?? []);
    if ("problem" in starts) return { outcome: "refused", reason: starts.problem };
    let hint: RunHintRow | undefined;
    return commits.submit<WriteOutcome>({
      apply() {
        hint = applyWrite(request, encoded.records, starts.encoded);
        return { outcome: hint ? "written" : "stale" };
      },
      refused: (reason) => ({ outcome: "refused", reason }),
      unavailable: (reason) => ({ outcome: "unavailable", reason }),
      committed(result) {
        if (result.outcome !== "written" || !hint) return;
        const { workspace, flow, status, length, answered } = hint;
        bus.publish({ topic: "run", workspace, flow, run: request.ref.run, status, length, answered: answered === 1 });
        for (const { run } of starts.encoded) publishQueued(bus, { ...run, run: run.id });
        for (const { run } of request.signals ?? []) bus.publish({ topic: "signal", run });
        const wakes = isParked(request.release) || starts.encoded.length > 0 || (request.signals ?? []).length > 0;
        if (wakes) bus.publish({ topic: "wake" });
      },
    });
  }

  /** The fence and the release are one statement: no row changes when a later claim has raised the epoch. */
  function applyWrite(request: RunWrite, rows: EncodedRecord[], starts: EncodedStart[]): RunHintRow | undefined {
    const { ref, records, release, consumed, signals = [], waits } = request;
    const now = clock();
    const answer = records.find((record) => record.entry.kind === "run-answered")?.entry.number ?? null;
    const count = records.length;
    const after = records[0] ? records[0].entry.number - 1 : null;
    const hint = (
      release.to === "running"
        ? sql.extendRun.get(count, answer, ref.run, ref.epoch, after)
        : release.to === "waiting" || release.to === "queued"
          ? sql.parkRun.get(count, answer, release.to, wakeAtOf(release), ref.run, ref.epoch, after)
          : sql.finishRun.get(count, answer, release.status, release.error, now, ref.run, ref.epoch, after)
    ) as RunHintRow | undefined;
    if (!hint) return undefined;
    insertRows(ref.run, rows);
    for (const wait of waits?.add ?? []) insertWait(ref.run, hint, wait);
    for (const step of waits?.remove ?? []) sql.deleteWait.run(ref.run, step);
    for (const start of starts) insertPrepared(start.run, start.rows);
    // One may be for a run that has just been started.
    for (const { run, signal } of signals) leaveSignal(run, signal, now);
    if (waits && waits.remove.length > 0) holdPassedOver(request);
    for (const id of consumed) sql.deleteSignal.run(id);
    if (isParked(release)) sql.wakeParkedForSignal.run(now, ref.run, ref.run);
    if (release.to === "final") sql.deleteSignals.run(ref.run);
    return hint;
  }

  function holdPassedOver(request: RunWrite): void {
    const { run } = request.ref;
    const { events, signals } = passedOver(request, readSignals(run));
    for (const id of signals) sql.deleteSignal.run(id);
    for (const event of events) {
      const row = sql.selectRunsOf.get(event) as { runs: string } | undefined;
      if (!row) continue;
      const left = (JSON.parse(row.runs) as string[]).filter((id) => id !== run);
      sql.holdEvent.run(JSON.stringify(left), left.length === 0 ? 1 : 0, event);
    }
  }

  function readSignals(run: string): StoredSignal[] {
    const rows = sql.selectSignals.all(run) as { id: string; signal: string }[];
    return rows.map((row) => ({ id: row.id, signal: JSON.parse(row.signal) as Signal }));
  }

  function insertWait(run: string, { workspace, flow }: RunHintRow, wait: NewWait): void {
    const { step, kind, entry, approvers, since, until, correlation } = wait;
    const key = correlation === null ? [null, null, null] : [correlation.trigger, correlation.path, correlation.key];
    sql.insertWait.run(run, step, workspace, flow, kind, entry, JSON.stringify(approvers), since, until, ...key);
  }

  function insertRows(run: string, rows: EncodedRecord[]): void {
    for (const row of rows) {
      sql.insertEntry.run(run, row.number, row.entry, row.valueTexts);
      for (const blob of row.blobs) sql.insertBlob.run(run, row.number, blob.name, blob.text);
    }
  }

  function insertPrepared(run: PreparedRun, rows: EncodedRecord[]): void {
    const { id, workspace, flow, flowVersion, event, source, trigger, createdAt, parent, depth, rerunOf } = run;
    const place = [id, workspace, flow, flowVersion, event, source, trigger, createdAt, createdAt];
    sql.insertPrepared.run(...place, rows.length, parent?.run ?? null, parent?.step ?? null, depth, rerunOf, answerIn(run));
    insertRows(id, rows);
  }

  async function start(run: PreparedRun): Promise<StartOutcome> {
    const starts = encodeStarts([run]);
    if ("problem" in starts) return { outcome: "refused", reason: starts.problem };
    return commits.submit<StartOutcome>({
      apply() {
        for (const { rows } of starts.encoded) insertPrepared(run, rows);
        return { outcome: "started" };
      },
      refused: (reason) => ({ outcome: "refused", reason }),
      unavailable: (reason) => ({ outcome: "unavailable", reason }),
      committed(result) {
        if (result.outcome !== "started") return;
        publishQueued(bus, { ...run, run: run.id });
        bus.publish({ topic: "wake" });
      },
    });
  }

  /** False when the run has ended. */
  function leaveSignal(run: string, left: Signal, now: number): boolean {
    if (sql.wakeForSignal.run(now, run).changes === 0) return false;
    sql.insertSignal.run(ids.next("sig"), run, JSON.stringify(left), now);
    return true;
  }

  function signal(run: string, left: Signal): Promise<"left" | "gone" | "unavailable"> {
    return commits.submit<"left" | "gone" | "unavailable">({
      apply: () => (leaveSignal(run, left, clock()) ? "left" : "gone"),
      refused: () => "unavailable",
      unavailable: () => "unavailable",
      committed(result) {
        if (result !== "left") return;
        bus.publish({ topic: "signal", run });
        bus.publish({ topic: "wake" });
      },
    });
  }

  return {
    ...createSqliteIngest(deps),
    begin,
    write,
    start,
    signal,
    signals: async (run) => readSignals(run),
    // Nobody else has this database: whoever owns what is not held here has ended.
    recover(_worker, held) {
      const now = clock();
      return commits.submit<number | null>({
        apply() {
          const owned = sql.selectOwned.all() as { id: string }[];
          const lost = owned.filter(({ id }) => !held.has(id));
          for (const { id } of lost) sql.recoverRun.run(now, id);
          return lost.length;
        },
        refused: () => null,
        unavailable: () => null,
        committed: (count) => count && bus.publish({ topic: "wake" }),
      });
    },
    purgeDedupe(now) {
      return commits.submit<number>({
        apply: () => keys.purge(now),
        refused: () => 0,
        unavailable: () => 0,
      });
    },
    async journal(run, after, { bare }) {
      return bare ? readBare(run, after) : readRecords(sql, run, after);
    },
    async entry(run, number) {
      return readRecord(sql, run, number);
    },
    async state(run) {
      return (sql.selectState.get(run) as RunState | undefined) ?? null;
    },
  };

  function readBare(run: string, after: number): JournalRecord[] {
    const rows = sql.selectEntries.all(run, after) as { entry: string }[];
    return rows.map((row) => ({ entry: JSON.parse(row.entry) as JournalEntry, values: {} as JournalValues }));
  }
}
