import { isUnavailable, unreachable } from "../../shared/app-error.ts";
import { handlesError, isSettled, nextNodes } from "../../shared/flow/graph.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import type { RunError } from "../../shared/run/run.ts";
import { stepKey } from "../../shared/run/run-view.ts";
import type { LoadConnection } from "../connections/load-connection.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import type { Lookup } from "../expressions/resolve-template.ts";
import type { LoadVersion, RunnableVersion } from "../flows/load-version.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { ClaimedRun, EngineStore } from "../store/engine-store.ts";
import type { ResolveLink } from "../trial/resolve-link.ts";
import { type Bell, createBell } from "./bell.ts";
import { executeStep } from "./execute-step.ts";
import { openJournal, type RunJournal } from "./journal.ts";
import { createLookup } from "./lookup.ts";
import type { StepOutcome } from "./step.ts";
import type { SetTimer } from "./timer.ts";
import { type Triggered, triggerOutput } from "./trigger-output.ts";

export type RunDeps = {
  engine: EngineStore;
  clock: () => number;
  random: () => number;
  setTimer: SetTimer;
  outbound: Outbound;
  jsonata: Pick<JsonataPool, "evaluate">;
  sandboxes: Record<string, string>;
  loadVersion: LoadVersion;
  loadConnection: LoadConnection;
  resolveLink: ResolveLink;
  /** Does this worker still hold what it holds? Asked before anything outside is touched. */
  confirm(): boolean | Promise<boolean>;
  report(run: string, error: unknown): void;
};

/** How others reach a run that is held here; they ring after they have set something. */
export type RunControl = {
  bell: Bell;
  /** A signal row may have been left. */
  signaled: boolean;
  /** The server is stopping: let go without another word. */
  abandoned: boolean;
};

/** When signals that could not be read are asked for again. */
const askAgainMs = 500;

export function createRunControl(): RunControl {
  return { bell: createBell(), signaled: false, abandoned: false };
}

/**
 * What became of the claim. `lost`: the journal could not be written now, so the run is somebody's to claim again. `unstorable`:
 * what it came to can never be written.
 */
export type RunEnd = { end: "finished" | "parked" | "lost" } | { end: "unstorable"; reason: string };

/** One run in the hands of its holder. */
type Held = {
  deps: RunDeps;
  claimed: ClaimedRun;
  version: RunnableVersion;
  journal: RunJournal;
  control: RunControl;
  /** Steps that are being awaited, by node id. */
  running: Set<string>;
  /** Made when it is asked for: most runs have nothing to abort, and an abort costs a stack trace. */
  abort(): AbortController;
  failure: RunError | null;
  lookup: Lookup;
};

/** Carries a claimed run on from its journal until it is finished or nothing can happen before a time or a signal. */
export async function executeRun(deps: RunDeps, claimed: ClaimedRun, control: RunControl): Promise<RunEnd> {
  const version = await deps.loadVersion(claimed.workspace, claimed.flowVersion);
  const journal = openJournal(deps, claimed, claimed.journal);
  const held: Held = {
    deps,
    claimed,
    version,
    journal,
    control,
    running: new Set(),
    abort: once(() => new AbortController()),
    failure: null,
    lookup: createLookup(journal),
  };
  if (claimed.journal.length === 0) {
    const starting = start(held);
    // Most triggers give their output at once, and the run goes on in this turn.
    if (starting) await starting;
  } else if (claimed.resumed) journal.add({ kind: "run-resumed" });
  held.failure = unhandledFailure(held);
  for (;;) {
    if (control.abandoned) journal.abandon("the worker has let go of it");
    else if (control.signaled) await takeSignals(held);
    if (journal.lost() !== null) return drop(held);
    if (journal.view.cancelRequested) return finish(held, "canceled");
    if (held.failure) return finish(held, "failed");
    if (advance(held)) continue;
    if (held.running.size === 0) return rest(held);
    // What has been settled meanwhile is not held back by what still runs: an answer, a signal taken.
    void journal.flush();
    await somethingHappens(held);
  }
}

/** What the trigger gives is journaled once: whoever resumes the run sees the same. */
function start({ deps, claimed, version, journal }: Held): void | Promise<void> {
  const { event, trigger, createdAt: startedAt } = claimed;
  const begin = (given: Triggered | null) => {
    journal.add({ kind: "run-started", trigger });
    if (given?.outcome === "failed") {
      const { code, message } = given;
      journal.add({ kind: "step-failed", node: trigger, startedAt, error: { code, message } });
      return;
    }
    const output = given && (given.output as unknown as Record<string, Json>);
    journal.add({ kind: "step-succeeded", node: trigger, startedAt, ports: ["out"] }, { output });
  };
  const given = event && triggerOutput(deps, { event, trigger, version });
  return given instanceof Promise ? given.then(begin) : begin(given);
}

/** Takes what others left into the journal; the rows are deleted in the commit that holds their entries. */
async function takeSignals({ deps, claimed, journal, control }: Held): Promise<void> {
  control.signaled = false;
  const stored = await deps.engine.signals(claimed.run).catch((error) => {
    if (!isUnavailable(error)) throw error;
    // What runs goes on meanwhile; and whoever parks a run with signals left is woken at once.
    deps.setTimer(askAgainMs, () => {
      control.signaled = true;
      control.bell.ring();
    });
    return [];
  });
  for (const { signal } of stored) {
    switch (signal.kind) {
      case "cancel":
        if (!journal.view.cancelRequested) journal.add({ kind: "cancel-requested", by: signal.by });
        break;
      case "decide-outcome": {
        const step = journal.view.steps[stepKey(signal.node)];
        // The first decision counts.
        if (step?.reason === "outcome-unknown" && step.decision === null)
          journal.add({ kind: "outcome-decided", node: signal.node, decision: signal.decision, by: signal.by });
        break;
      }
      default:
        unreachable(signal);
    }
  }
  if (stored.length > 0) journal.consume(stored.map(({ id }) => id));
}

/** Starts or settles all that can be; true when something was settled at once, so that more may be ready. */
function advance(held: Held): boolean {
  const { journal, version, running, deps } = held;
  const next = nextNodes(version.graph, journal.view);
  for (const node of next.skipped) journal.add({ kind: "step-skipped", node: node.id });
  let settled = next.skipped.length > 0;
  const due = Object.values(journal.view.steps).flatMap((step) => {
    if (isSettled(step) || running.has(step.node)) return [];
    // A decision ends the wait for it, and no other.
    const waits = step.status === "waiting" && (step.until === null ? step.decision === null : step.until > deps.clock());
    const node = version.graph.nodes.get(step.node);
    return waits || !node ? [] : [node];
  });
  // A step that has begun but journaled nothing yet still looks ready.
  const ready = next.ready.filter((node) => !running.has(node.id));
  for (const node of [...due, ...ready]) {
    if (execute(held, node)) settled = true;
    if (held.failure) return true;
  }
  return settled;
}

/** Executes a node; true when it settled in this turn. */
function execute(held: Held, node: FlowNode): boolean {
  const { deps, claimed, journal, version, running, control } = held;
  const step = journal.view.steps[stepKey(node.id)] ?? null;
  const startedAt = step?.startedAt ?? deps.clock();
  const outcome = executeStep(node, {
    ...deps,
    run: claimed.run,
    workspace: claimed.workspace,
    report: (error) => deps.report(claimed.run, error),
    version,
    step,
    journal,
    lookup: held.lookup,
    signal: () => held.abort().signal,
    confirm: () => isHeld(deps, control),
  });
  if (!(outcome instanceof Promise)) {
    settle(held, node, startedAt, outcome);
    return true;
  }
  running.add(node.id);
  void outcome.then((result) => {
    running.delete(node.id);
    settle(held, node, startedAt, result);
    // What can follow at once goes to disk with it.
    control.bell.ring();
  });
  return false;
}

/** A promise while it is in doubt. */
function isHeld({ confirm }: RunDeps, control: RunControl): boolean | Promise<boolean> {
  const confirmed = confirm();
  return confirmed instanceof Promise ? confirmed.then((held) => held && !control.abandoned) : confirmed && !control.abandoned;
}

function settle(held: Held, node: FlowNode, startedAt: number, outcome: StepOutcome): void {
  const { journal, version } = held;
  switch (outcome.outcome) {
    case "succeeded": {
      const { ports, values, call } = outcome;
      journal.add({ kind: "step-succeeded", node: node.id, startedAt, ports, ...(call && { call }) }, values);
      return;
    }
    case "failed":
      journal.add({ kind: "step-failed", node: node.id, startedAt, error: outcome.error }, outcome.values);
      if (!handlesError(version.graph, node.id)) held.failure ??= { ...outcome.error, node: node.id };
      return;
    case "waiting":
      journal.add({ kind: "step-waiting", node: node.id, reason: outcome.reason, until: outcome.until });
      return;
    case "canceled":
      journal.add({ kind: "step-canceled", node: node.id });
      return;
    case "lost":
      return;
    default:
      unreachable(outcome);
  }
}

/** Nothing runs: the run is over, or it is parked until its next step is due. */
async function rest(held: Held): Promise<RunEnd> {
  const waiting = Object.values(held.journal.view.steps).filter((step) => step.status === "waiting");
  if (waiting.length === 0) return finish(held, "succeeded");
  const until = waiting.flatMap((step) => step.until ?? []);
  const wakeAt = until.length > 0 ? Math.min(...until) : null;
  return (await held.journal.release({ to: "waiting", wakeAt })) ? { end: "parked" } : drop(held);
}

async function finish(held: Held, status: "succeeded" | "failed" | "canceled"): Promise<RunEnd> {
  const { journal, version, failure } = held;
  // What has been settled does not wait for what is being stopped.
  if (held.running.size > 0) void journal.flush();
  // Calls under way end as canceled, or with the answer that was already there.
  await stopSteps(held);
  if (journal.lost() !== null) return drop(held);
  for (const step of Object.values(journal.view.steps))
    if (!isSettled(step)) journal.add({ kind: "step-canceled", node: step.node });
  for (const node of version.graph.nodes.values())
    if (!journal.view.steps[stepKey(node.id)]) journal.add({ kind: "step-skipped", node: node.id });
  journal.add({ kind: "run-finished", status, ...(status === "failed" && failure && { error: failure }) });
  const error = status === "failed" && failure ? JSON.stringify(failure) : null;
  return (await journal.release({ to: "final", status, error })) ? { end: "finished" } : drop(held);
}

async function drop(held: Held): Promise<RunEnd> {
  await stopSteps(held);
  const lost = held.journal.lost();
  return lost?.outcome === "refused" ? { end: "unstorable", reason: lost.reason } : { end: "lost" };
}

/** Aborts what runs, also what has only just begun, and waits until it has ended. */
async function stopSteps({ running, abort, control }: Held): Promise<void> {
  if (running.size > 0) abort().abort();
  while (running.size > 0) await control.bell.heard();
}

/** Ends a run that can never go on (it cannot be read, or what it came to cannot be stored), with what its journal holds. */
export async function failForGood({ engine, clock }: RunDeps, claimed: ClaimedRun, error: RunError): Promise<boolean> {
  const stored = await engine.journal(claimed.run, 0, { bare: true });
  const journal = openJournal({ engine, clock }, claimed, stored);
  for (const step of Object.values(journal.view.steps))
    if (!isSettled(step)) journal.add({ kind: "step-canceled", node: step.node });
  journal.add({ kind: "run-finished", status: "failed", error });
  return journal.release({ to: "final", status: "failed", error: JSON.stringify(error) });
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Waits for a step to end, a signal, or the time of a waiting step. */
async function somethingHappens({ deps, journal, control }: Held): Promise<void> {
  const untils = Object.values(journal.view.steps).flatMap((step) =>
    step.status === "waiting" && step.until !== null ? step.until : [],
  );
  const cancelTimer = untils.length > 0 ? deps.setTimer(Math.min(...untils) - deps.clock(), control.bell.ring) : null;
  await control.bell.heard();
  cancelTimer?.();
}

/** A failure that no edge handles, from before this claim. */
function unhandledFailure({ journal, version }: Held): RunError | null {
  const step = Object.values(journal.view.steps).find(
    (candidate) => candidate.status === "failed" && !handlesError(version.graph, candidate.node),
  );
  return step?.error ? { ...step.error, node: step.node } : null;
}
