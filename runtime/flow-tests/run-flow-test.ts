import type { FlowTestResult, Verdict } from "../../shared/flow/flow-test.ts";
import { judgeRun } from "./judge-run.ts";
import { type PlayDeps, playFlow } from "./play-flow.ts";
import type { ReadyTest } from "./test-world.ts";

/** What was expected is looked at for so long (ms of real time). */
const judgingMs = 10_000;

/** Runs a flow test, and holds what came of it against what the test expects. Nothing is sent anywhere. */
export async function runFlowTest(deps: PlayDeps, test: ReadyTest): Promise<FlowTestResult> {
  const startedAt = performance.now();
  const played = await playFlow(deps, test);
  const verdicts = [
    ...played.unknown.map(({ method, url }) => failure("every request has an answer", `there is none for ${method} ${url}`)),
    ...(played.stuck === null ? [] : [failure("the run comes to its end", played.stuck)]),
    ...played.faults.map((fault) => failure("the engine meets no fault", String(fault))),
    ...(await judgeRun(test.expect, played, { patienceMs: judgingMs })),
  ];
  const passed = verdicts.every((verdict) => verdict.passed);
  const durationMs = Math.round(performance.now() - startedAt);
  return { name: test.name, passed, verdicts, durationMs, error: played.view.error };
}

function failure(name: string, message: string): Verdict {
  return { expectation: null, name, passed: false, message, changes: null };
}
