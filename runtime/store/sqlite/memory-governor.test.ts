import { describe, expect, it } from "vitest";
import { describeGovernor } from "../../testing/governor-contract.ts";
import { createTestClock } from "../../testing/test-database.ts";
import { createMemoryGovernor } from "./memory-governor.ts";

describeGovernor("embedded", async () => {
  const clock = createTestClock();
  return { governor: createMemoryGovernor(clock), clock, close: async () => {} };
});

describe("a flow that makes single calls beside one that floods the account", () => {
  it("has each of them let through within seconds", async () => {
    const clock = createTestClock();
    const governor = createMemoryGovernor(clock);
    const windows = [{ limit: 10, perMs: 1_000 }];
    // As steps do: the first time they wait for a second, and for three when they come back at the time they were told.
    type Step = { flow: string; since: number; at: number; isBack: boolean };
    const steps: Step[] = Array.from({ length: 1_000 }, () => ({ flow: "flood", since: clock(), at: clock(), isBack: false }));
    const end = clock() + 60_000;
    for (let at = clock() + 500; at < end; at += 5_000) steps.push({ flow: "single", since: at, at, isBack: false });
    const waited: Record<string, number[]> = { flood: [], single: [] };
    while (steps.length > 0) {
      steps.sort((one, other) => one.at - other.at);
      const step = steps[0];
      if (!step || step.at >= end) break;
      clock.advance(Math.max(0, step.at - clock()));
      const asked = { key: "account", windows, atMostMs: step.isBack ? 3_000 : 1_000, flow: step.flow };
      const { place, waitMs } = await governor.take(asked);
      if (place === "taken") {
        steps.shift();
        waited[step.flow]?.push(clock() + waitMs - step.since);
      } else Object.assign(step, { at: clock() + Math.ceil(waitMs), isBack: true });
    }
    expect(waited.single).toHaveLength(12);
    expect(Math.max(...(waited.single ?? []))).toBeLessThan(6_000);
    // And little of the limit is lost by that.
    expect(waited.flood?.length).toBeGreaterThan(540);
  });
});
