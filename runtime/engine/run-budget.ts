import type { RunError } from "../../shared/run/run.ts";
import type { HeldRun } from "./held-run.ts";

/** What one run may use unless its flow says otherwise. */
const usual = { maxSteps: 500_000 };

/** Whoever carries a run on holds all of its values (bytes of JSON), and so does the next holder. */
const mostBytes = 100_000_000;

/** Why a run may not go on: it has used up its budget, which the message names. Null while it may. */
export function budgetProblem({ version, steps, journal, deps }: HeldRun): RunError | null {
  const { maxSteps = usual.maxSteps, maxDurationMs } = version.flow.settings ?? {};
  if (steps > maxSteps)
    return {
      code: "budget_exceeded",
      message: `the run has executed ${maxSteps.toLocaleString("en")} steps, which is its budget (maxSteps)`,
    };
  if (journal.size() > mostBytes)
    return {
      code: "budget_exceeded",
      message: `the values of the run have more than ${mostBytes / 1_000_000} MB together, which is its budget: pass on less of what steps give`,
    };
  const { startedAt } = journal.view;
  if (maxDurationMs === undefined || startedAt === null || deps.clock() - startedAt <= maxDurationMs) return null;
  return {
    code: "budget_exceeded",
    message: `the run has taken longer than ${maxDurationMs.toLocaleString("en")} ms, which is its budget (maxDurationMs)`,
  };
}

/** When the run's time is used up (ms); null when it may take as long as it likes. */
export function budgetEnds({ version, journal }: HeldRun): number | null {
  const maxDurationMs = version.flow.settings?.maxDurationMs;
  const { startedAt } = journal.view;
  return maxDurationMs === undefined || startedAt === null ? null : startedAt + maxDurationMs + 1;
}
