import { setImmediate as nextTurn } from "node:timers/promises";
import { unreachable } from "../../shared/app-error.ts";
import type { Expectation, Verdict } from "../../shared/flow/flow-test.ts";
import { changesOf, type JsonChange, type JsonChanges } from "../../shared/flow/json-changes.ts";
import type { Json } from "../../shared/json.ts";
import type { RunView, StepView } from "../../shared/run/run-view.ts";
import { masked } from "../../shared/run/sealed-value.ts";
import type { JournalRecord } from "../store/engine-store.ts";

/** A run that has ended, or has come to a standstill. */
export type Ended = { view: RunView; records: JournalRecord[]; calls: number };

type Judging = {
  /** How long it may take in real time (ms): what is left over then counts as not held. */
  patienceMs: number;
  clock?: () => number;
};

/** Others have their turn after so much of it (ms): a run may have given much, and much may be expected of it. */
const turnMs = 20;

/** Holds what was expected against what a run came to. */
export async function judgeRun(expected: Expectation[], ended: Ended, judging: Judging): Promise<Verdict[]> {
  const { patienceMs, clock = () => performance.now() } = judging;
  const given = outputsOf(ended);
  const verdicts: Verdict[] = [];
  const giveUpAt = clock() + patienceMs;
  let turnEndsAt = clock() + turnMs;
  for (const expectation of expected) {
    if (clock() > turnEndsAt) {
      await nextTurn();
      turnEndsAt = clock() + turnMs;
    }
    const problem = clock() > giveUpAt ? "it takes too long to be looked at" : problemOf(expectation, ended, given);
    const verdict = { expectation, name: nameOf(expectation), passed: problem === null };
    verdicts.push(
      typeof problem === "object" && problem !== null
        ? { ...verdict, message: wordsOf(problem), changes: problem }
        : { ...verdict, message: problem, changes: null },
    );
  }
  return verdicts;
}

/** What a step gave; secrets as dots. */
export function outputOf({ records }: Pick<Ended, "records">, { outputEntry }: StepView): Json {
  // Entries are numbered from 1, without gaps.
  return outputEntry === null ? null : masked(records[outputEntry - 1]?.values.output ?? null);
}

type Given = (step: StepView) => Json;

/** A hundred things may be expected of one large output: its dots are made once. */
function outputsOf(ended: Ended): Given {
  const known = new Map<StepView, Json>();
  return (step) => {
    if (!known.has(step)) known.set(step, outputOf(ended, step));
    return known.get(step) ?? null;
  };
}

function nameOf(expectation: Expectation): string {
  if ("run" in expectation) return `the run is ${expectation.run}`;
  if ("calls" in expectation) return `the number of calls is ${expectation.calls}`;
  const { step, status, output, contains, error } = expectation;
  const said = [
    status && `is ${status}`,
    output !== undefined && "gives what is expected",
    contains !== undefined && "gives at least what is expected",
    error !== undefined && `fails with ${error}`,
  ].filter((part) => typeof part === "string");
  return `${step} ${said.join(", ") || "is there"}`;
}

/** Null where it holds; else why it does not, or where its output is another. */
function problemOf(expectation: Expectation, ended: Ended, givenBy: Given): JsonChanges | string | null {
  const { view, calls } = ended;
  if ("run" in expectation) {
    if (view.status !== expectation.run) return `the run is ${view.status}${why(view.error)}`;
    return expectation.error === undefined ? null : otherError(expectation.error, view.error);
  }
  if ("calls" in expectation) return calls === expectation.calls ? null : `it is ${calls}`;
  if (!("step" in expectation)) return unreachable(expectation);
  const { status, output, contains, error } = expectation;
  const step = view.steps[expectation.step];
  if (!step) return "the step was not reached";
  if (status !== undefined && step.status !== status) return `it is ${step.status}${why(step.error)}`;
  const another = error === undefined ? null : otherError(error, step.error);
  if (another !== null) return another;
  const given = givenBy(step);
  const other = output === undefined ? null : changed(output, given);
  return other ?? (contains === undefined ? null : changed(contains, within(contains, given)));
}

function otherError(expected: string, error: RunView["error"]): string | null {
  return error?.code === expected ? null : `its error is ${error?.code ?? "none"}`;
}

function why(error: RunView["error"]): string {
  return error === null ? "" : `: ${error.code}, ${error.message}`;
}

function changed(expected: Json, given: Json): JsonChanges | null {
  const changes = changesOf(expected, given);
  return changes.places.length === 0 ? null : changes;
}

/** Of what is given only the fields that are expected: objects may have more. Lists must be as long. */
function within(expected: Json, given: Json): Json {
  if (typeof expected !== "object" || expected === null || typeof given !== "object" || given === null) return given;
  if (Array.isArray(expected))
    return Array.isArray(given) ? given.map((item, index) => within(expected[index] ?? null, item)) : given;
  if (Array.isArray(given)) return given;
  const shared = Object.entries(expected).filter(([key]) => Object.hasOwn(given, key));
  return Object.fromEntries(shared.map(([key, value]) => [key, within(value, given[key] ?? null)]));
}

function wordsOf({ places, more }: JsonChanges): string {
  const lines = places.map(wordOf);
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

function wordOf({ path, before, after }: JsonChange): string {
  const place = path === "" ? "the output" : path;
  if (before === undefined) return `${place}: ${after ?? ""}, which is not expected`;
  return after === undefined
    ? `${place}: expected ${before}, but it is not there`
    : `${place}: expected ${before}, but it is ${after}`;
}
