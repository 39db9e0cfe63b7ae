import { unreachable } from "../../shared/app-error.ts";
import type { Expectation, Verdict } from "../../shared/flow/flow-test.ts";
import type { Json } from "../../shared/json.ts";
import type { RunView } from "../../shared/run/run-view.ts";
import type { JournalRecord } from "../store/engine-store.ts";
import { sameJson } from "./play-calls.ts";

/** A run that has ended, or has come to a standstill. */
export type Ended = { view: RunView; records: JournalRecord[]; calls: number };

/** Holds what was expected against what a run came to. */
export function judgeRun(expected: Expectation[], ended: Ended): Verdict[] {
  return expected.map((expectation) => {
    const message = problemOf(expectation, ended);
    return { expectation, name: nameOf(expectation), passed: message === null, message };
  });
}

function nameOf(expectation: Expectation): string {
  if ("run" in expectation) return `the run is ${expectation.run}`;
  if ("calls" in expectation) return `${expectation.calls} calls are sent`;
  const { step, status, output, contains, error } = expectation;
  const said = [
    status && `is ${status}`,
    output !== undefined && "gives what is expected",
    contains !== undefined && "gives at least what is expected",
    error !== undefined && `fails with ${error}`,
  ].filter((part) => typeof part === "string");
  return `${step} ${said.join(", ") || "is there"}`;
}

function problemOf(expectation: Expectation, { view, records, calls }: Ended): string | null {
  if ("run" in expectation) {
    if (view.status !== expectation.run) return `the run is ${view.status}${why(view.error)}`;
    return expectation.error === undefined ? null : difference(expectation.error, view.error?.code ?? null);
  }
  if ("calls" in expectation) return calls === expectation.calls ? null : `${calls} calls were sent`;
  if (!("step" in expectation)) return unreachable(expectation);
  const { step: key, status, output, contains, error } = expectation;
  const step = view.steps[key];
  if (!step) return "the step was not reached";
  if (status !== undefined && step.status !== status) return `it is ${step.status}${why(step.error)}`;
  if (error !== undefined && step.error?.code !== error) return `its error is ${step.error?.code ?? "none"}`;
  const given = records.find(({ entry }) => entry.number === step.outputEntry)?.values.output ?? null;
  if (output !== undefined && !sameJson(output, given)) return difference(output, given);
  return contains === undefined || holds(contains, given) ? null : difference(contains, given);
}

function why(error: RunView["error"]): string {
  return error === null ? "" : `: ${error.code}, ${error.message}`;
}

const longest = 2_000;

function difference(expected: Json, given: Json): string | null {
  if (sameJson(expected, given)) return null;
  const text = (value: Json) => JSON.stringify(value, null, 2).slice(0, longest);
  return `expected\n${text(expected)}\nbut it is\n${text(given)}`;
}

/** Objects may have more fields than are expected; lists must be as long. */
function holds(expected: Json, given: Json): boolean {
  if (typeof expected !== "object" || expected === null) return expected === given;
  if (typeof given !== "object" || given === null || Array.isArray(expected) !== Array.isArray(given)) return false;
  if (Array.isArray(expected)) {
    const list = given as Json[];
    return expected.length === list.length && expected.every((item, index) => holds(item, list[index] ?? null));
  }
  const fields = given as Record<string, Json>;
  return Object.entries(expected).every(([key, value]) => Object.hasOwn(fields, key) && holds(value, fields[key] ?? null));
}
