import type { EventSource } from "../../../shared/event/event.ts";
import type { Bus } from "../bus.ts";
import type {
  EngineStore,
  IngestAllOutcome,
  IngestOutcome,
  ItemOutcome,
  NewDelivery,
  NewEvent,
  NewRun,
  ReleaseOutcome,
} from "../engine-store.ts";
import { publishIngested, publishQueued } from "../ingest-hints.ts";
import { resumeSignal } from "../resume-signal.ts";
import type { DedupeKeys } from "./dedupe-keys.ts";
import type { EngineStatements } from "./engine-statements.ts";
import type { GroupCommit } from "./group-commit.ts";

type Tables = { sql: EngineStatements; keys: DedupeKeys; ids: { next(prefix: string): string } };
type Deps = Tables & { commits: GroupCommit; bus: Bus; clock: () => number };
type Item = { event: NewEvent; runs: NewRun[] };
type Batch = { id: string; item: number };
type HeldRow = { id: string; workspace: string; source: EventSource; node: string | null };

const refused = (reason: string) => ({ outcome: "refused" as const, reason });
const unavailable = (reason: string) => ({ outcome: "unavailable" as const, reason });

/** What comes in, on one SQLite file: each call has its part in a group commit. */
export function createSqliteIngest(deps: Deps): Pick<EngineStore, "ingest" | "ingestAll" | "release"> {
  const { commits, bus } = deps;
  return {
    ingest(event, runs) {
      return commits.submit<IngestOutcome>({
        fromOutside: true,
        apply: () => applyEvent(deps, event, runs, null),
        refused,
        unavailable,
        committed: (result) => result.outcome === "accepted" && publishIngested(bus, [{ event, runs }], [result]),
      });
    },
    ingestAll(delivery, all) {
      const items = all.map(({ event, run }) => ({ event, runs: run ? [run] : [] }));
      return commits.submit<IngestAllOutcome>({
        fromOutside: true,
        apply: () => ({ outcome: "stored", items: applyItems(deps, delivery, items) }),
        refused,
        unavailable,
        committed: (result) => result.outcome === "stored" && publishIngested(bus, items, result.items),
      });
    },
    release: (flow, version, limit) => release(deps, { flow, version, limit }),
  };
}

function applyItems(tables: Tables, delivery: NewDelivery | null, items: Item[]): ItemOutcome[] {
  const outcomes = items.map(({ event, runs }, item) => applyEvent(tables, event, runs, delivery && { id: delivery.id, item }));
  // A request that brings nothing new needs no place of its own.
  if (delivery && outcomes.some(({ outcome }) => outcome === "accepted"))
    tables.sql.insertDelivery.run(delivery.id, delivery.workspace, delivery.hook, delivery.receivedAt, delivery.body);
  return outcomes;
}

function applyEvent(tables: Tables, event: NewEvent, runs: NewRun[], batch: Batch | null): ItemOutcome {
  const { sql, keys } = tables;
  const first = keys.take(event);
  if (first !== null) {
    // An item of a poll that was only noted has no event.
    const row = sql.selectRunsOf.get(first) as { runs: string } | undefined;
    sql.countDuplicate.run(event.receivedAt, first);
    return { outcome: "duplicate", event: first, runs: JSON.parse(row?.runs ?? "[]") };
  }
  const resumed = resumeSteps(tables, event);
  if (resumed.length > 0) {
    insertEvent(sql, event, resumed, batch);
    return { outcome: "accepted", event: event.id, runs: resumed, resumed: true };
  }
  const runIds = runs.map((run) => run.id);
  insertEvent(sql, event, runIds, batch);
  for (const run of runs) insertRun(sql, { ...event, event: event.id, ...run });
  return { outcome: "accepted", event: event.id, runs: runIds };
}

/** Lets the steps go on that wait for one of the event's keys, each once; gives their runs. */
function resumeSteps({ sql, ids }: Tables, event: NewEvent): string[] {
  const runs = new Set<string>();
  for (const { path, key } of event.correlations ?? []) {
    const waits = sql.selectWaits.all(event.flow, event.node, path, key, event.receivedAt) as { run: string; step: string }[];
    for (const { run, step } of waits) {
      sql.deleteWait.run(run, step);
      if (sql.wakeForSignal.run(event.receivedAt, run).changes === 0) continue;
      sql.insertSignal.run(ids.next("sig"), run, JSON.stringify(resumeSignal(event, step)), event.receivedAt);
      runs.add(run);
    }
  }
  return [...runs];
}

function insertEvent(sql: EngineStatements, event: NewEvent, runs: string[], batch: Batch | null): void {
  sql.insertEvent.run(
    event.id,
    event.workspace,
    event.flow,
    event.hook,
    event.source,
    event.receivedAt,
    event.method,
    event.headers,
    event.query,
    event.contentType,
    event.dedupe?.key ?? null,
    JSON.stringify(runs),
    event.body,
    batch?.id ?? null,
    batch?.item ?? null,
    event.node ?? null,
    event.eventType ?? null,
    event.verified ?? null,
    event.held ? 1 : 0,
    event.filtered ? 1 : 0,
    event.replay?.of ?? null,
    event.replay?.by ?? null,
  );
}

type RunRow = NewRun & { workspace: string; flow: string; event: string; source: EventSource; receivedAt: number };

function insertRun(sql: EngineStatements, run: RunRow): void {
  const { id, workspace, flow, flowVersion, event, source, trigger, receivedAt, depth = 0 } = run;
  sql.insertRun.run(id, workspace, flow, flowVersion, event, source, trigger, receivedAt, receivedAt, depth);
}

/** The ids of the runs are made inside, since which events are held is known only there. */
function release(
  { sql, commits, bus, clock, ids }: Deps,
  { flow, version, limit }: { flow: string; version: string; limit: number },
): Promise<ReleaseOutcome> {
  const now = clock();
  let workspace = "";
  return commits.submit<ReleaseOutcome>({
    apply() {
      const held = sql.selectHeld.all(flow, version, limit) as HeldRow[];
      const runs = held.map((row) => {
        const id = ids.next("run");
        workspace = row.workspace;
        sql.releaseEvent.run(JSON.stringify([id]), row.id);
        insertRun(sql, { ...row, id, flow, flowVersion: version, event: row.id, trigger: row.node ?? "", receivedAt: now });
        return id;
      });
      return { outcome: "released", runs, left: (sql.countHeld.get(flow) as { held: number }).held };
    },
    refused: unavailable,
    unavailable,
    committed(result) {
      if (result.outcome !== "released" || result.runs.length === 0) return;
      for (const run of result.runs) publishQueued(bus, { workspace, flow, run });
      bus.publish({ topic: "wake" });
    },
  });
}
