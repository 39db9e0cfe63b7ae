import type { RepeatedCall, RerunFrom, RerunPreview, RerunVersion } from "../../shared/api/rerun.ts";
import { AppError } from "../../shared/app-error.ts";
import type { RequestToSend } from "../../shared/connector/build-request.ts";
import type { RunSource } from "../../shared/event/event.ts";
import { isContainer } from "../../shared/flow/node-ports.ts";
import type { RunStatus } from "../../shared/run/run.ts";
import type { StepView } from "../../shared/run/run-view.ts";
import type { LoadVersion, RunnableVersion } from "../flows/load-version.ts";
import type { Ids } from "../ids.ts";
import type { EngineStore, JournalRecord } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";
import { canBeginAt, type Kept, keptEntries } from "./kept-entries.ts";

export type RerunDeps = {
  sql: Sql;
  engine: Pick<EngineStore, "journal" | "entry" | "start">;
  loadVersion: LoadVersion;
  clock: () => number;
  ids: Ids;
};
export type Rerun = { workspace: string; run: string; from: RerunFrom; version: RerunVersion };

type Row = {
  flow: string;
  versionId: string;
  latest: string | null;
  event: string;
  hasEvent: number;
  source: RunSource;
  trigger: string;
  status: RunStatus;
  finishedAt: number | null;
  depth: number;
  entries: number;
};

/**
 * Starts a run that goes over an ended one again; gives its id. Throws `not_found`, and `conflict` where there is nothing that it could
 * begin with.
 */
export async function startRerun(deps: RerunDeps, rerun: Rerun): Promise<string> {
  const { engine, clock, ids } = deps;
  const { row, version, kept } = await planRerun(deps, rerun);
  const hasTrigger = kept.steps.has(row.trigger);
  if (!hasTrigger && row.hasEvent === 0)
    throw new AppError("conflict", "what started the run has been deleted, and its trigger had given nothing");
  const id = ids.next("run");
  const now = clock();
  const outcome = await engine.start({
    id,
    workspace: rerun.workspace,
    flow: row.flow,
    flowVersion: version.id,
    event: row.event,
    source: row.source,
    trigger: row.trigger,
    createdAt: now,
    // Without what the trigger gave the run begins as every other one does, with its event.
    records: hasTrigger
      ? renumbered(requireWhole(row, await engine.journal(rerun.run, 0, { bare: false })), kept, { run: rerun.run, now })
      : [],
    parent: null,
    depth: row.depth,
    rerunOf: rerun.run,
  });
  if (outcome.outcome === "unavailable") throw new AppError("unavailable", "the database cannot be written: try again");
  if (outcome.outcome === "refused") throw new AppError("internal", outcome.reason);
  return id;
}

/** Retention takes the end off a long journal first: what had been done there would be done again, and nobody would know. */
function requireWhole<Entry>({ entries }: Row, journal: Entry[]): Entry[] {
  if (journal.length < Number(entries)) throw new AppError("conflict", "the run is being deleted: its time is over");
  return journal;
}

function renumbered(records: JournalRecord[], { entries }: Kept, { run, now }: { run: string; now: number }): JournalRecord[] {
  const numbers = new Set(entries.map(({ number }) => number));
  const kept = records.filter(({ entry }) => numbers.has(entry.number) && entry.kind !== "run-started");
  const began = records.find(({ entry }) => entry.kind === "run-started")?.entry;
  const trigger = began?.kind === "run-started" ? began.trigger : "";
  return [
    { entry: { number: 1, at: now, kind: "run-started", trigger, rerunOf: run, kept: kept.length }, values: {} },
    ...kept.map(({ entry, values }, index) => ({ entry: { ...entry, number: index + 2 }, values })),
  ];
}

type Plan = { row: Row; version: RunnableVersion; kept: Kept };

async function planRerun({ sql, engine, loadVersion }: RerunDeps, { workspace, run, from, version }: Rerun): Promise<Plan> {
  const [row] = await sql.read<Row>(
    `SELECT r.flow_id AS flow, r.flow_version_id AS "versionId", f.published_version_id AS latest, r.event_id AS event,
       EXISTS (SELECT 1 FROM events e WHERE e.id = r.event_id) AS "hasEvent", r.source, r.trigger_node AS "trigger", r.status,
       r.finished_at AS "finishedAt", r.depth, r.journal_length AS entries
     FROM runs r JOIN flows f ON f.id = r.flow_id WHERE r.id = $1 AND r.workspace_id = $2`,
    [run, workspace],
  );
  if (!row) throw new AppError("not_found", `there is no run ${run}`);
  if (row.finishedAt === null) throw new AppError("conflict", "the run has not ended yet: cancel it first");
  if (from === "failed" && row.status === "succeeded")
    throw new AppError("conflict", "the run has succeeded: no step of it failed");
  const ran = await loadVersion(workspace, row.versionId);
  const next = version === "same" ? ran : await latestOf({ loadVersion, workspace, row });
  const entries = requireWhole(row, await engine.journal(run, 0, { bare: true })).map(({ entry }) => entry);
  const graphs = { ran: ran.graph, next: next.graph };
  const kept = keptEntries(entries, graphs, from);
  if (typeof from === "object") requireStep(kept, graphs, from.step);
  return { row, version: next, kept };
}

async function latestOf({ loadVersion, workspace, row }: { loadVersion: LoadVersion; workspace: string; row: Row }) {
  if (row.latest === null) throw new AppError("conflict", "the flow is not published: it has no latest version");
  const latest = await loadVersion(workspace, row.latest);
  const before = (await loadVersion(workspace, row.versionId)).graph.nodes.get(row.trigger);
  const trigger = latest.graph.nodes.get(row.trigger);
  if (!trigger || trigger.kind !== before?.kind)
    throw new AppError("conflict", `the latest version has no trigger "${row.trigger}" that could start it`);
  return latest;
}

function requireStep({ view }: Kept, { ran, next }: Parameters<typeof keptEntries>[1], step: string): void {
  if (!canBeginAt(view, ran, step)) throw new AppError("conflict", `the run has no step "${step}"`);
  const node = view.steps[step]?.node ?? step.replace(/\[.*$/, "");
  if (node === view.trigger) throw new AppError("conflict", `"${step}" is the trigger: begin with "trigger" instead`);
  if (!next.nodes.has(node)) throw new AppError("conflict", `the latest version has no step "${node}"`);
}

const mostListed = 200;

/** What a rerun would execute over again, for people to see before. Throws as `startRerun`. */
export async function previewOf(deps: RerunDeps, rerun: Rerun): Promise<RerunPreview> {
  const plan = await planRerun(deps, rerun);
  const { version, kept } = plan;
  const { sent, flows } = repeatsOf(plan);
  const first = sent.toSorted(([, one], [, other]) => weightOf(one) - weightOf(other)).slice(0, mostListed);
  const steps = [...kept.steps].filter((key) => !isAround(version, kept.view.steps[key]));
  return {
    calls: await Promise.all(first.map(([key, step]) => callOf(deps, rerun.run, key, step))),
    callCount: sent.length,
    unsafeCount: countUnsafe(sent),
    flows: flows.slice(0, mostListed),
    kept: steps.slice(0, mostListed),
    keptCount: steps.length,
  };
}

/** How many calls and flows a rerun would repeat, without a look at what was sent. Throws as `startRerun`. */
export async function countRepeats(deps: RerunDeps, rerun: Rerun): Promise<{ calls: number; unsafe: number; flows: number }> {
  const { sent, flows } = repeatsOf(await planRerun(deps, rerun));
  return { calls: sent.length, unsafe: countUnsafe(sent), flows: flows.length };
}

type Steps = [key: string, step: StepView][];

/** The steps that are executed over again and had sent something, and the flows that others of them had started. */
function repeatsOf({ version, kept }: Plan): { sent: Steps; flows: RerunPreview["flows"] } {
  const again = Object.entries(kept.view.steps).filter(
    ([key, { node }]) => !kept.steps.has(key) && version.graph.nodes.has(node),
  );
  return {
    sent: again.filter(([, step]) => step.attempts.length > 0),
    flows: again.flatMap(([step, { child }]) => (child ? [{ step, ...child }] : [])),
  };
}

function countUnsafe(sent: Steps): number {
  return sent.filter(([, step]) => weightOf(step) === 0).length;
}

function isAround({ graph }: RunnableVersion, step: StepView | undefined): boolean {
  const node = step && graph.nodes.get(step.node);
  return node !== undefined && isContainer(node);
}

const weights = { unsafe: 0, idempotent: 1, read: 2 };
function weightOf({ attempts }: StepView): number {
  return weights[attempts.at(-1)?.effect ?? "read"];
}

async function callOf({ engine }: RerunDeps, run: string, key: string, step: StepView): Promise<RepeatedCall> {
  const last = step.attempts.at(-1);
  const record = last && (await engine.entry(run, last.requestEntry));
  const request = record?.values.request as Pick<RequestToSend, "method" | "url"> | undefined;
  return {
    step: key,
    node: step.node,
    iteration: step.iteration,
    status: step.status,
    effect: last?.effect ?? "read",
    method: request?.method ?? "",
    // What is secret is no text.
    url: typeof request?.url === "string" ? request.url : "",
    sentAt: last?.startedAt ?? 0,
  };
}
