import { failureOf, topScope } from "../../shared/flow/graph.ts";
import type { Json } from "../../shared/json.ts";
import type { RunError } from "../../shared/run/run.ts";
import { stepKey } from "../../shared/run/run-view.ts";
import type { ClaimedRun } from "../store/engine-store.ts";
import { awaitTurn, concurrencyOf, endTurn, whyDisplaced } from "./await-turn.ts";
import { createBell } from "./bell.ts";
import { cancelOpen } from "./containers.ts";
import { startErrorFlow } from "./error-flow.ts";
import { abortInside, type HeldRun, type RunControl, type RunDeps, runsInside } from "./held-run.ts";
import { openJournal } from "./journal.ts";
import { openScope } from "./open-scope.ts";
import { reopenContainers } from "./reopen-containers.ts";
import { budgetEnds, budgetProblem } from "./run-budget.ts";
import { createRunSecrets } from "./run-secrets.ts";
import { advance } from "./scopes.ts";
import { takeSignals } from "./take-signals.ts";
import { type Triggered, triggerOutput } from "./trigger-output.ts";

export function createRunControl(): RunControl {
  return { bell: createBell(), signaled: false, abandoned: false, fault: null };
}

/**
 * What became of the claim. `lost`: the journal could not be written now, so the run is somebody's to claim again. `unstorable`:
 * what it came to can never be written.
 */
export type RunEnd = { end: "finished" | "parked" | "lost" } | { end: "unstorable"; reason: string };

/** Carries a claimed run on from its journal until it is finished or nothing can happen before a time or a signal. */
export async function executeRun(deps: RunDeps, claimed: ClaimedRun, control: RunControl): Promise<RunEnd> {
  const version = await deps.loadVersion(claimed.workspace, claimed.flowVersion);
  const secrets = createRunSecrets(deps.sealer, claimed.workspace);
  const marked = (node: string) => version.graph.nodes.get(node)?.secretPaths ?? [];
  const journal = openJournal({ ...deps, secrets, marked }, claimed, claimed.journal);
  const opening: Omit<HeldRun, "top"> = {
    deps,
    claimed,
    version,
    journal,
    secrets,
    control,
    scopes: new Map(),
    changed: new Set(),
    steps: Object.keys(journal.view.steps).length + journal.view.pureSteps,
  };
  const held: HeldRun = { ...opening, top: openScope(opening, null, []) };
  if (journal.view.length === 0) {
    const starting = start(held);
    // Most triggers give their output at once, and the run goes on in this turn.
    if (starting) await starting;
  }
  if (claimed.resumed && !(await resume(held))) return drop(held);
  held.top.failure ??= failureOf(version.graph, journal.view, topScope);
  reopenContainers(held);
  let concurrency = concurrencyOf(held);
  for (;;) {
    if (control.fault) {
      await stopSteps(held);
      throw control.fault.error;
    }
    if (control.abandoned) journal.abandon("the worker has let go of it");
    else if (control.signaled) await takeSignals(held);
    if (journal.lost() !== null) return drop(held);
    if (journal.view.cancelRequested) return finish(held, "canceled", whyDisplaced(journal.view));
    const { stopping } = journal.view;
    if (stopping) return finish(held, stopping.status, stopping.error);
    if (concurrency && !held.top.failure) {
      const awaited = await awaitTurn(held, concurrency);
      if (awaited.turn === "waiting") return (await journal.release({ to: "queued" })) ? { end: "parked" } : drop(held);
      if (awaited.turn === "dropped") return finish(held, "canceled", awaited.error);
      if (awaited.turn === "failed") return finish(held, "failed", awaited.error);
      concurrency = null;
      // It may have been canceled meanwhile.
      continue;
    }
    held.top.failure ??= budgetProblem(held);
    if (held.top.failure) return finish(held, "failed", held.top.failure);
    if (advance(held)) continue;
    if (!runsInside(held.top)) return rest(held);
    // What has been settled meanwhile is not held back by what still runs: an answer, a signal taken.
    void journal.flush();
    await somethingHappens(held);
  }
}

/** How often a run may be taken over without having come any further: it may be what ends its workers. */
const mostInVain = 10;

/** Notes that the run was taken over, on disk before anything else is tried; false when that could not be written. */
async function resume({ journal, claimed, top }: HeldRun): Promise<boolean> {
  const came = claimed.journal.findLastIndex(({ entry }) => entry.kind !== "run-resumed");
  const inVain = claimed.journal.length - 1 - came;
  journal.add({ kind: "run-resumed" });
  if (inVain >= mostInVain - 1) {
    const message = `the run was taken over ${mostInVain} times and came no further: it may end the process that carries it on`;
    top.failure = { code: "resumed_in_vain", message };
  }
  return journal.flush();
}

/** What the trigger gives is journaled once: whoever resumes the run sees the same. */
function start({ deps, claimed, version, journal }: HeldRun): void | Promise<void> {
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

/** Nothing runs: the run is over, or it is parked until its next step is due. */
async function rest(held: HeldRun): Promise<RunEnd> {
  const { journal } = held;
  if (journal.view.open.size === 0) return finish(held, "succeeded", null);
  return (await journal.release({ to: "waiting", wakeAt: nextDue(held) })) ? { end: "parked" } : drop(held);
}

/** When the next waiting step goes on by itself, or the run's time is used up (ms). */
function nextDue(held: HeldRun): number | null {
  const { view } = held.journal;
  let due = budgetEnds(held);
  for (const key of view.open) {
    const step = view.steps[key];
    if (step?.status === "waiting" && step.until !== null) due = Math.min(due ?? step.until, step.until);
  }
  return due;
}

async function finish(held: HeldRun, status: "succeeded" | "failed" | "canceled", error: RunError | null): Promise<RunEnd> {
  const { journal, version, claimed } = held;
  // What has been settled does not wait for what is being stopped.
  if (runsInside(held.top)) void journal.flush();
  // Calls under way end as canceled, or with the answer that was already there.
  await stopSteps(held);
  if (journal.lost() !== null) return drop(held);
  cancelOpen(held);
  for (const { id } of version.graph.inside.get(null) ?? [])
    if (!journal.view.steps[stepKey(id)]) journal.add({ kind: "step-skipped", node: id });
  const why = status === "succeeded" || error === null ? null : held.secrets.error(error);
  if (status === "failed" && why) await startErrorFlow(held, why);
  journal.add({ kind: "run-finished", status, ...(why && { error: why }) });
  const { parent } = claimed;
  if (parent) journal.leave({ run: parent.run, signal: { kind: "child-finished", run: claimed.run, step: parent.step, status } });
  const text = why && JSON.stringify(why);
  if (!(await journal.release({ to: "final", status, error: text }))) return drop(held);
  endTurn(held);
  return { end: "finished" };
}

async function drop(held: HeldRun): Promise<RunEnd> {
  await stopSteps(held);
  const lost = held.journal.lost();
  return lost?.outcome === "refused" ? { end: "unstorable", reason: lost.reason } : { end: "lost" };
}

/** Aborts what runs, also what has only just begun, and waits until it has ended. */
async function stopSteps({ top, control }: HeldRun): Promise<void> {
  abortInside(top);
  while (runsInside(top)) await control.bell.heard();
}

/** Ends a run that can never go on (it cannot be read, or what it came to cannot be stored), with what its journal holds. */
export async function failForGood(
  { engine, clock, sealer }: Pick<RunDeps, "engine" | "clock" | "sealer">,
  claimed: ClaimedRun,
  error: RunError,
): Promise<boolean> {
  const stored = await engine.journal(claimed.run, 0, { bare: true });
  const secrets = createRunSecrets(sealer, claimed.workspace);
  const journal = openJournal({ engine, clock, secrets, marked: () => [] }, claimed, stored);
  cancelOpen({ journal, claimed });
  journal.add({ kind: "run-finished", status: "failed", error });
  const { parent } = claimed;
  if (parent)
    journal.leave({ run: parent.run, signal: { kind: "child-finished", run: claimed.run, step: parent.step, status: "failed" } });
  return journal.release({ to: "final", status: "failed", error: JSON.stringify(error) });
}

/** Waits for a step to end, a signal, or the time of a waiting step. */
async function somethingHappens(held: HeldRun): Promise<void> {
  const { deps, control } = held;
  const due = nextDue(held);
  const cancelTimer = due === null ? null : deps.setTimer(due - deps.clock(), control.bell.ring);
  await control.bell.heard();
  cancelTimer?.();
}
