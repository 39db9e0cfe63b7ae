import type { ScheduleTriggerNode } from "../../shared/flow/node.ts";
import type { LoadVersion } from "../flows/load-version.ts";
import { lastFirings, nextFiring } from "../flows/schedule-times.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import type { Ingest } from "./ingest.ts";

export type ScheduleDeps = {
  sql: Sql;
  ingest: Ingest;
  loadVersion: LoadVersion;
  clock: Clock;
  ids: Ids;
  report(flow: string, error: unknown): void;
};
type Due = {
  flow: string;
  node: string;
  workspace: string;
  version: string;
  settings: string;
  dueAt: number;
  firedFor: number | null;
  since: number;
};

/** How late a firing may be and still be in time; what is later was missed, and the misfire policy says what becomes of it. */
const lateMs = 60_000;
/** How many missed firings are made up for at the most: the last ones. */
const mostMissed = 100;
/** A firing's key need only outlive a crash between the event and the new due time, and clocks that are set back. */
const keyMs = 2 * 86_400_000;
const retryMs = 60_000;
const batch = 100;

/**
 * Starts the runs of schedules that are due, in the order of their times. Each time fires once, also when two nodes do this at once or
 * one ends in the middle: the event's key is the time that it fires for.
 */
export async function fireSchedules(deps: ScheduleDeps, signal: AbortSignal): Promise<void> {
  const due = await deps.sql.read<Due>(
    `SELECT t.flow_id AS flow, t.node, t.workspace_id AS workspace, f.published_version_id AS version, t.settings, t.due_at AS "dueAt",
       t.fired_for AS "firedFor", t.since
     FROM trigger_timers t JOIN flows f ON f.id = t.flow_id
     WHERE t.due_at <= $1 AND t.kind = 'schedule' AND f.state = 'published' AND f.published_version_id IS NOT NULL
       AND (t.lease_until IS NULL OR t.lease_until <= $1)
     ORDER BY t.due_at LIMIT ${batch}`,
    [deps.clock()],
  );
  for (const each of due) {
    if (signal.aborted) return;
    // One that cannot be read must not keep the others.
    await fire(deps, each).catch((error) => failed(deps, each, error));
  }
}

async function fire(deps: ScheduleDeps, due: Due): Promise<void> {
  const { sql, clock, loadVersion } = deps;
  const version = await loadVersion(due.workspace, due.version);
  const node = version.graph.nodes.get(due.node);
  if (node?.kind !== "schedule-trigger") return;
  const { times, next } = pending(node, due, clock());
  let fired = due.firedFor;
  for (const at of times) {
    // Kept to the order: what could not be stored is tried again before what comes after it.
    if (!(await fireFor(deps, due, at))) return;
    fired = at;
  }
  await sql.commit([
    {
      text: `UPDATE trigger_timers SET due_at = $1, fired_for = $2, state = 'active', reason = NULL
             WHERE flow_id = $3 AND node = $4 AND settings = $5 AND due_at = $6`,
      params: [next, fired, due.flow, due.node, due.settings, due.dueAt],
    },
  ]);
}

/** The times to fire for now, oldest first, and the next one after them. */
export function pending(
  { schedule, misfire }: Pick<ScheduleTriggerNode, "schedule" | "misfire">,
  { dueAt, since }: { dueAt: number; since: number },
  now: number,
): { times: number[]; next: number | null } {
  const due = lastFirings(schedule, { since, from: dueAt, to: now, most: mostMissed + lateMs / 1_000 + 1 });
  const missed = due.filter((at) => at < now - lateMs);
  const kept = { once: missed.slice(-1), skip: [], all: missed.slice(-mostMissed) }[misfire];
  const times = [...kept, ...due.slice(missed.length)];
  return { times, next: nextFiring(schedule, { since, after: Math.max(now, dueAt) }) };
}

async function fireFor(
  { ingest, ids, clock }: ScheduleDeps,
  { workspace, flow, node, version }: Due,
  at: number,
): Promise<boolean> {
  const outcome = await ingest(
    {
      workspace,
      source: "schedule",
      hook: null,
      flow,
      node,
      receivedAt: clock(),
      method: "POST",
      headers: "{}",
      query: "{}",
      contentType: "application/json",
      body: Buffer.from(JSON.stringify({ firedFor: new Date(at).toISOString() })),
      dedupe: { scope: `schedule:${flow}:${node}`, key: String(at), windowMs: keyMs },
    },
    { id: ids.next("run"), flowVersion: version, trigger: node },
  );
  return outcome.outcome === "accepted" || outcome.outcome === "duplicate";
}

async function failed({ sql, clock, report }: ScheduleDeps, { flow, node, settings, dueAt }: Due, error: unknown): Promise<void> {
  report(flow, error);
  // Its time stays what it was; `lease_until` only keeps it from being tried every second.
  await sql.commit([
    {
      text: `UPDATE trigger_timers SET state = 'failing', reason = $1, lease_until = $2
             WHERE flow_id = $3 AND node = $4 AND settings = $5 AND due_at = $6`,
      params: [
        "the flow's version cannot be read: the operator finds the cause in the log",
        clock() + retryMs,
        flow,
        node,
        settings,
        dueAt,
      ],
    },
  ]);
}
