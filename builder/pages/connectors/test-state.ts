import type { EndpointTest } from "../../../shared/api/connectors.ts";
import type { LampState } from "../../ui/lamp.tsx";

export type TestState = "passed" | "failed" | "stale" | "untested";

export const testWords: Record<TestState, string> = {
  passed: "passed",
  failed: "failed",
  stale: "changed since its test",
  untested: "not tested",
};
export const testLamps: Record<TestState, LampState> = {
  passed: "succeeded",
  failed: "failed",
  stale: "waiting",
  untested: "idle",
};

/** Where an endpoint stands by its last test. */
export function testStateOf(test: EndpointTest | undefined): TestState {
  if (!test) return "untested";
  if (test.stale) return "stale";
  return test.passed ? "passed" : "failed";
}

/** How many endpoints are in each state; those that no endpoint is in are left out. */
export function countStates(endpoints: readonly { key: string }[], tests: readonly EndpointTest[]): [TestState, number][] {
  const byKey = new Map(tests.map((test) => [test.endpoint, test]));
  const states = endpoints.map(({ key }) => testStateOf(byKey.get(key)));
  const all: TestState[] = ["passed", "failed", "stale", "untested"];
  return all.flatMap((state): [TestState, number][] => {
    const count = states.filter((each) => each === state).length;
    return count > 0 ? [[state, count]] : [];
  });
}
