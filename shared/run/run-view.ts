import { unreachable } from "../app-error.ts";
import { type AttemptView, closeAttempt, decideAttempt, failAttempt, openAttempt } from "./attempt-view.ts";
import type { JournalEntry, OutcomeDecision } from "./journal.ts";
import { isFinal, type RunError, type RunStatus, type StepStatus, type WaitReason } from "./run.ts";

/** How far a container has come. */
export type ContainerView = {
  /** Iterations of a for-each; null for a try. */
  count: number | null;
  finished: number;
  failed: number;
  /** Those that were journaled one by one, by index. `entry` holds what it gave. */
  iterations: Record<string, IterationView>;
  /** Those of pure steps, together. `entry` holds an `IterationChunk`; `failed`: indexes. */
  chunks: { from: number; count: number; entry: number; failed: number[] }[];
};
export type IterationView = { status: "succeeded" | "failed" | "canceled"; error: RunError | null; entry: number };

/** The run that a sub-flow step has started. */
export type ChildView = { run: string; flow: string };

/** What a waiting step has been told. */
export type ReceivedView = { signal: "resumed" | "approved" | "rejected" | "child-finished"; by: string; entry: number };

export type StepView = {
  node: string;
  iteration: number[];
  status: StepStatus;
  /** Why it waits, and until when (ms; null: until somebody acts). */
  reason: WaitReason | null;
  until: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  ports: string[];
  attempts: AttemptView[];
  /** Numbers of the entries that hold the pages which came so far, of a list that is fetched page by page. */
  pages: number[];
  error: RunError | null;
  /** Numbers of the entries that hold its input and output. */
  inputEntry: number | null;
  outputEntry: number | null;
  /** A person's decision on an unknown outcome, not yet acted upon. */
  decision: OutcomeDecision | null;
  /** Number of the entry that holds it. */
  decisionEntry: number | null;
  container: ContainerView | null;
  child: ChildView | null;
  received: ReceivedView | null;
  /** It was executed by the run that this one goes over again. */
  kept?: true;
};

/** The state of a run: statuses, times and the numbers of values, never values. The engine resumes from it, the canvas draws it. */
export type RunView = {
  status: RunStatus;
  trigger: string | null;
  startedAt: number | null;
  finishedAt: number | null;
  /** Number of the last entry folded in; 0 for none. */
  length: number;
  steps: Record<string, StepView>;
  /** Keys of the steps that have not settled. */
  open: Set<string>;
  /** Steps inside for-each containers that were journaled in chunks, which `steps` does not hold. */
  pureSteps: number;
  answer: { entry: number; node: string; status: number } | null;
  cancelRequested: boolean;
  /** Who asked for that first: the id of a person or a run, or "concurrency". */
  canceledBy: string | null;
  /** A stop step has ended the run; its error is null when the run succeeds. */
  stopping: { status: "succeeded" | "failed"; error: RunError | null } | null;
  /** The run whose steps were taken over, in the entries up to this number. */
  rerunOf: string | null;
  keptUntil: number;
  resumes: number;
  /** It waits for its turn: so many runs of its flow may go on at a time. Null while it does not. */
  awaitsTurn: number | null;
  error: RunError | null;
};

export function emptyRunView(): RunView {
  return {
    status: "queued",
    trigger: null,
    startedAt: null,
    finishedAt: null,
    length: 0,
    // No prototype: a node named "constructor" is only data.
    steps: Object.create(null),
    open: new Set(),
    pureSteps: 0,
    answer: null,
    cancelRequested: false,
    canceledBy: null,
    stopping: null,
    rerunOf: null,
    keptUntil: 0,
    resumes: 0,
    awaitsTurn: null,
    error: null,
  };
}

/** Key of a step in `RunView.steps`: the node id, with the iteration path inside containers. */
export function stepKey(node: string, iteration: number[] = []): string {
  return iteration.length === 0 ? node : `${node}[${iteration.join(",")}]`;
}

/** The node of a step, by the step's key. */
export function nodeOfStep(key: string): string {
  return key.split("[", 1)[0] ?? key;
}

/** Folds entries into a copy of the view; entries already folded (by number) are ignored, so a repeated message does no harm. */
export function foldJournal(entries: Iterable<JournalEntry>, from: RunView = emptyRunView()): RunView {
  const view = copyView(from);
  for (const entry of entries) applyEntry(view, entry);
  return view;
}

/** Folds one entry into `view` in place: the engine's way, which owns its view. */
export function applyEntry(view: RunView, entry: JournalEntry): void {
  if (entry.number <= view.length) return;
  view.length = entry.number;
  switch (entry.kind) {
    case "run-started":
      view.trigger = entry.trigger;
      view.rerunOf = entry.rerunOf ?? null;
      view.keptUntil = entry.number + (entry.kept ?? 0);
      view.startedAt = entry.at;
      break;
    case "run-resumed":
      view.resumes += 1;
      break;
    case "turn-awaited":
      view.awaitsTurn = entry.limit;
      break;
    case "turn-taken":
      view.awaitsTurn = null;
      // What it may take is counted from now on.
      view.startedAt = entry.at;
      break;
    case "cancel-requested":
      view.cancelRequested = true;
      view.canceledBy ??= entry.by;
      return;
    case "run-answered":
      view.answer ??= { entry: entry.number, node: entry.node, status: entry.status };
      // The answer is what the respond step gives.
      stepOf(view, entry.node, entry.iteration).outputEntry = entry.number;
      return;
    case "run-finished":
      view.status = entry.status;
      view.finishedAt = entry.at;
      view.error = entry.error ?? null;
      return;
    case "run-stopping":
      view.stopping ??= { status: entry.status, error: entry.error ?? null };
      return;
    case "iteration-finished":
      finishIteration(view, entry);
      return;
    case "iterations-finished":
      finishIterations(view, entry);
      return;
    default: {
      const step = stepOf(view, entry.node, entry.iteration);
      applyStepEntry(step, entry);
      if (isSettled(step) && entry.number <= view.keptUntil) step.kept = true;
      if (isSettled(step)) view.open.delete(stepKey(step.node, step.iteration));
      else view.open.add(stepKey(step.node, step.iteration));
    }
  }
  if (!isFinal(view.status)) view.status = runStatus(view);
}

type StepEntry = Exclude<
  JournalEntry,
  {
    kind:
      | "run-started"
      | "run-resumed"
      | "turn-awaited"
      | "turn-taken"
      | "cancel-requested"
      | "run-answered"
      | "run-finished"
      | "run-stopping"
      | "iteration-finished"
      | "iterations-finished";
  }
>;

function finishIteration(view: RunView, entry: Extract<JournalEntry, { kind: "iteration-finished" }>): void {
  const { iteration = [], node, status, error = null } = entry;
  const { container } = stepOf(view, node, iteration.slice(0, -1));
  const index = iteration.at(-1);
  if (!container || index === undefined) return;
  container.iterations[index] = { status, error, entry: entry.number };
  container.finished += 1;
  if (status === "failed") container.failed += 1;
}

function finishIterations(view: RunView, entry: Extract<JournalEntry, { kind: "iterations-finished" }>): void {
  const { container } = stepOf(view, entry.node, entry.iteration);
  view.pureSteps += entry.steps;
  if (!container) return;
  container.chunks.push({ from: entry.from, count: entry.count, entry: entry.number, failed: entry.failed });
  container.finished += entry.count;
  container.failed += entry.failed.length;
}

function applyStepEntry(step: StepView, entry: StepEntry): void {
  switch (entry.kind) {
    case "step-started":
      begin(step, entry.at);
      return;
    case "attempt-started":
      begin(step, entry.at);
      openAttempt(step, entry);
      return;
    case "attempt-failed":
      failAttempt(step, entry);
      return;
    case "page-received":
      closeAttempt(step, entry, entry);
      step.pages.push(entry.number);
      return;
    case "step-waiting":
      step.startedAt ??= entry.at;
      step.status = "waiting";
      step.reason = entry.reason;
      step.until = entry.until;
      if (entry.values?.includes("input")) step.inputEntry = entry.number;
      return;
    case "container-started":
      begin(step, entry.at);
      step.container = { count: entry.count, finished: 0, failed: 0, iterations: Object.create(null), chunks: [] };
      if (entry.values?.includes("input")) step.inputEntry = entry.number;
      return;
    case "child-started":
      begin(step, entry.at);
      step.child = { run: entry.run, flow: entry.flow };
      if (entry.values?.includes("input")) step.inputEntry = entry.number;
      return;
    case "signal-received":
      step.received ??= { signal: entry.signal, by: entry.by, entry: entry.number };
      return;
    case "outcome-decided":
      step.decision = entry.decision;
      step.decisionEntry = entry.number;
      decideAttempt(step, entry);
      return;
    case "step-succeeded":
      settle(step, "succeeded", entry);
      step.startedAt = entry.startedAt;
      step.ports = entry.ports;
      if (entry.call) closeAttempt(step, entry.call, entry);
      return;
    case "step-failed":
      settle(step, "failed", entry);
      step.startedAt = entry.startedAt;
      step.error = entry.error;
      step.ports = entry.ports ?? [];
      return;
    case "step-skipped":
      settle(step, "skipped", entry);
      return;
    case "step-canceled":
      settle(step, "canceled", entry);
      return;
    default:
      unreachable(entry);
  }
}

function begin(step: StepView, at: number): void {
  step.startedAt ??= at;
  step.status = "running";
  step.reason = null;
  step.until = null;
  step.decision = null;
}

function settle(step: StepView, status: StepStatus, entry: StepEntry): void {
  step.status = status;
  step.finishedAt = entry.at;
  step.reason = null;
  step.until = null;
  step.decision = null;
  if (entry.values?.includes("input")) step.inputEntry = entry.number;
  if (entry.values?.includes("output")) step.outputEntry = entry.number;
}

function stepOf(view: RunView, node: string, iteration: number[] = []): StepView {
  const key = stepKey(node, iteration);
  const known = view.steps[key];
  if (known) return known;
  const step = emptyStep(node, iteration);
  view.steps[key] = step;
  view.open.add(key);
  return step;
}

/** A step of which nothing is known but that it has begun. */
export function emptyStep(node: string, iteration: number[]): StepView {
  return {
    node,
    iteration,
    status: "running",
    reason: null,
    until: null,
    startedAt: null,
    finishedAt: null,
    ports: [],
    attempts: [],
    pages: [],
    error: null,
    inputEntry: null,
    outputEntry: null,
    decision: null,
    decisionEntry: null,
    container: null,
    child: null,
    received: null,
  };
}

export function isSettled(step: StepView): boolean {
  return step.status !== "running" && step.status !== "waiting";
}

/** A started run waits when some step waits and none runs; a container does neither itself. */
function runStatus(view: RunView): RunStatus {
  if (view.awaitsTurn !== null) return "queued";
  let waiting = false;
  for (const key of view.open) {
    const step = view.steps[key];
    if (step?.status === "running" && !step.container) return "running";
    if (step?.status === "waiting") waiting = true;
  }
  return waiting ? "waiting" : "running";
}

function copyView(view: RunView): RunView {
  const steps: RunView["steps"] = Object.create(null);
  for (const key in view.steps) {
    const step = view.steps[key];
    if (step) steps[key] = copyStep(step);
  }
  return { ...view, steps, open: new Set(view.open) };
}

function copyStep(step: StepView): StepView {
  const { container } = step;
  return {
    ...step,
    attempts: step.attempts.map((attempt) => ({ ...attempt })),
    pages: [...step.pages],
    container: container && {
      ...container,
      iterations: Object.assign(Object.create(null), container.iterations),
      chunks: [...container.chunks],
    },
  };
}
