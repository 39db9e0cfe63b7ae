import type { JournalEntry } from "../../../shared/run/journal.ts";
import type { Bus } from "../bus.ts";
import {
  type ClaimedRun,
  type EngineStore,
  type Held,
  type IngestAllOutcome,
  isParked,
  type JournalRecord,
  type NewDelivery,
  type PreparedRun,
  type RunState,
  type RunWrite,
  type Signal,
  type StartOutcome,
  type WriteOutcome,
} from "../engine-store.ts";
import { publishIngested, publishQueued } from "../ingest-hints.ts";
import {
  addBlobs,
  type BlobRow,
  decodeRecord,
  encodeRecords,
  encodeStarts,
  type JournalRow,
  lacksBlobs,
} from "../journal-rows.ts";
import type { Claim } from "../queue.ts";
import { createBatches } from "./batches.ts";
import { beginRuns } from "./begin-batch.ts";
import { type Database, isRowFault, type Query, readFault } from "./database.ts";
import { commitIngest, dedupeKeysOf, type IngestRequest } from "./ingest-batch.ts";
import { leaveSignals } from "./leave-signals.ts";
import { createRelease } from "./release-held.ts";
import { startRuns } from "./start-runs.ts";
import type { Wakes } from "./wakes.ts";
import { commitWrites, runOf, type WriteRequest, type Written } from "./write-batch.ts";

type Deps = {
  database: Database;
  wakes: Wakes;
  bus: Bus;
  clock: () => number;
  ids: { next(prefix: string): string };
  maxPending: number;
  committed(durable: boolean): void;
};

/** When a run whose rows could not be read is looked at again. */
const unreadableAgainMs = 60_000;

/** The engine store on Postgres: what comes in and what runs write go by group commits, the rest by commits of their own. */
export function createPostgresEngineStore(deps: Deps): EngineStore & { drain(): Promise<void> } {
  const { database, wakes, bus, clock, committed } = deps;
  const ingests = createBatches<IngestRequest, IngestAllOutcome>({
    commit: (requests) => commitIngest(deps, requests, clock()),
    keysOf: dedupeKeysOf,
    sizeOf: ({ items }) => items.length,
    maxBatch: 128,
    lanes: 1,
    maxPending: deps.maxPending,
    refused: (reason) => ({ outcome: "refused", reason }),
    unavailable: (reason) => ({ outcome: "unavailable", reason }),
    committed,
  });
  const writes = createBatches<WriteRequest, Written>({
    commit: (requests) => commitWrites(deps, requests, clock()),
    keysOf: (request) => [runOf(request), ...(request.signals ?? []).map(({ run }) => run)],
    maxBatch: 128,
    lanes: 2,
    refused: (reason) => ({ outcome: { outcome: "refused", reason }, hint: null }),
    unavailable: (reason) => ({ outcome: { outcome: "unavailable", reason }, hint: null }),
    committed,
  });

  async function ingestItems(delivery: NewDelivery | null, items: IngestRequest["items"]): Promise<IngestAllOutcome> {
    const outcome = await ingests.submit({ delivery, items });
    if (outcome.outcome === "stored") publishIngested(bus, items, outcome.items);
    return outcome;
  }

  /** For what rejects: what it rejects with says whose fault it is. */
  const read: Query = (text, params) =>
    database.query<never>(text, params).catch((error) => {
      throw readFault(error);
    });

  async function begin(claims: Claim[], worker: string): Promise<ClaimedRun[] | null> {
    const now = clock();
    try {
      const runs = claims.map(({ run }) => run);
      const { begun, unreadable } = await beginRuns(database, runs, worker, now);
      for (const { run, epoch } of unreadable) await postpone(run, epoch, now + unreadableAgainMs);
      return begun;
    } catch {
      committed(false);
      return null;
    }
  }

  async function postpone(run: string, epoch: number, until: number): Promise<void> {
    await database.transaction(async (query) => {
      const { count } = await query(
        `UPDATE runs SET owner = NULL, wake_at = $1 WHERE id = $2 AND epoch = $3 AND owner IS NOT NULL`,
        [until, run, epoch],
      );
      if (count > 0) await wakes.insert(query, [{ run, at: until, begun: true }]);
    });
  }

  async function write(request: RunWrite): Promise<WriteOutcome> {
    const encoded = encodeRecords(request.records);
    if ("problem" in encoded) return { outcome: "refused", reason: encoded.problem };
    const starts = encodeStarts(request.starts ?? []);
    if ("problem" in starts) return { outcome: "refused", reason: starts.problem };
    const answer = request.records.find(({ entry }) => entry.kind === "run-answered")?.entry.number ?? null;
    const { encoded: started } = starts;
    const { outcome, hint } = await writes.submit({ ...request, records: encoded.records, starts: started, answer });
    if (!hint) return outcome;
    const { release, signals = [] } = request;
    bus.publish({ topic: "run", ...hint });
    for (const { run } of started) publishQueued(bus, { ...run, run: run.id });
    for (const { run } of signals) bus.publish({ topic: "signal", run });
    if (isParked(release) || started.length + signals.length > 0) bus.publish({ topic: "wake" });
    return outcome;
  }

  async function start(run: PreparedRun): Promise<StartOutcome> {
    const starts = encodeStarts([run]);
    if ("problem" in starts) return { outcome: "refused", reason: starts.problem };
    try {
      await database.transaction((query) => startRuns(query, wakes, starts.encoded));
    } catch (error) {
      return { outcome: isRowFault(error) ? "refused" : "unavailable", reason: String(error) };
    }
    publishQueued(bus, { ...run, run: run.id });
    bus.publish({ topic: "wake" });
    return { outcome: "started" };
  }

  async function signal(run: string, left: Signal): Promise<"left" | "gone" | "unavailable"> {
    try {
      const found = await database.transaction((query) => leaveSignals(query, deps, [{ run, signal: left }], clock()));
      if (found === 0) return "gone";
      bus.publish({ topic: "signal", run });
      bus.publish({ topic: "wake" });
      return "left";
    } catch {
      return "unavailable";
    }
  }

  /** Found first and given up by epoch: what is begun meanwhile has a higher one. */
  async function recover(worker: string, held: Held): Promise<number | null> {
    try {
      const { rows } = await database.query<{ id: string; epoch: number }>(
        `SELECT id, epoch FROM runs WHERE owner = $1 AND finished_at IS NULL`,
        [worker],
      );
      const lost = rows.filter(({ id }) => !held.has(id));
      if (lost.length === 0) return 0;
      const given = await database.transaction(async (query) => {
        const { rows: freed } = await query<{ id: string }>(
          `UPDATE runs SET owner = NULL, wake_at = $1 FROM unnest($2::text[], $3::bigint[]) AS l (id, epoch)
           WHERE runs.id = l.id AND runs.epoch = l.epoch AND runs.owner = $4 RETURNING runs.id`,
          [clock(), lost.map(({ id }) => id), lost.map(({ epoch }) => epoch), worker],
        );
        await wakes.handOn(
          query,
          freed.map(({ id }) => id),
        );
        return freed.length;
      });
      if (given > 0) bus.publish({ topic: "wake" });
      return given;
    } catch {
      return null;
    }
  }

  async function readRecords(where: string, params: (string | number)[]): Promise<JournalRecord[]> {
    const { rows } = await read<JournalRow>(
      `SELECT entry, value_texts AS "valueTexts" FROM journal WHERE ${where} ORDER BY number`,
      params,
    );
    const records = rows.map(decodeRecord);
    if (lacksBlobs(records)) {
      const { rows: blobs } = await read<BlobRow>(`SELECT number, name, value_text AS text FROM blobs WHERE ${where}`, params);
      addBlobs(records, blobs);
    }
    return records;
  }

  return {
    async ingest(event, runs) {
      const outcome = await ingestItems(null, [{ event, runs }]);
      if (outcome.outcome !== "stored") return outcome;
      return outcome.items[0] ?? { outcome: "unavailable", reason: "nothing was stored" };
    },
    ingestAll: (delivery, items) =>
      ingestItems(
        delivery,
        items.map(({ event, run }) => ({ event, runs: run ? [run] : [] })),
      ),
    release: createRelease(deps),
    begin,
    write,
    start,
    signal,
    async signals(run) {
      const { rows } = await read<{ id: string; signal: string }>(
        `SELECT id, signal FROM signals WHERE run_id = $1 ORDER BY id`,
        [run],
      );
      return rows.map((row) => ({ id: row.id, signal: JSON.parse(row.signal) as Signal }));
    },
    recover,
    async purgeDedupe(now) {
      try {
        const { count } = await database.query(
          `DELETE FROM dedupe_keys WHERE (scope, key) IN (SELECT scope, key FROM dedupe_keys WHERE expires_at <= $1 ORDER BY expires_at LIMIT 500)`,
          [now],
        );
        committed(true);
        return count;
      } catch (error) {
        if (!isRowFault(error)) committed(false);
        return 0;
      }
    },
    async journal(run, after, { bare }) {
      if (!bare) return readRecords("run_id = $1 AND number > $2", [run, after]);
      const { rows } = await read<{ entry: string }>(
        `SELECT entry FROM journal WHERE run_id = $1 AND number > $2 ORDER BY number`,
        [run, after],
      );
      return rows.map(({ entry }) => ({ entry: JSON.parse(entry) as JournalEntry, values: {} }));
    },
    async entry(run, number) {
      const [record] = await readRecords("run_id = $1 AND number = $2", [run, number]);
      return record ?? null;
    },
    async state(run) {
      const { rows } = await read<RunState>(`SELECT status, answer_entry AS "answerEntry", error FROM runs WHERE id = $1`, [run]);
      return rows[0] ?? null;
    },
    async drain() {
      await ingests.drain();
      await writes.drain();
    },
  };
}
