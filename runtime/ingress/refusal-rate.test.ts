import { expect, it } from "vitest";
import { createRefusalRate } from "./refusal-rate.ts";

/** How many of a flood of 10,000 on one hook are verified in each of these windows, by how busy the process was before it. */
function flood(...windows: number[]): number[] {
  let now = 0;
  let use = 0;
  const rate = createRefusalRate(
    () => now,
    () => use,
  );
  return windows.map((busy) => {
    now += 100;
    use = busy;
    let verified = 0;
    for (let count = 0; count < 10_000 && !rate.overloaded("hook_a"); count += 1) {
      rate.count("hook_a");
      verified += 1;
    }
    expect(rate.overloaded("hook_b")).toBe(false);
    return verified;
  });
}

it("verifies more and more of a flood while there is time to spare", () => {
  expect(flood(0.2, 0.3, 0.4, 0.4, 0.4, 0.4)).toEqual([100, 200, 400, 800, 1_600, 1_600]);
});

it("verifies less and less of it while there is none, and a part of it all the same", () => {
  expect(flood(0.9, 0.1, 0.1, 0.9, 1, 1, 1)).toEqual([50, 100, 200, 100, 50, 50, 50]);
});

it("wants a note of the first refusals of each second, of each hook for itself", () => {
  let now = 0;
  const rate = createRefusalRate(
    () => now,
    () => 1,
  );
  const noted = (hook: string) => Array.from({ length: 30 }, () => rate.count(hook)).filter(Boolean).length;
  expect([noted("hook_a"), noted("hook_a"), noted("hook_b")]).toEqual([20, 0, 20]);
  now = 1_000;
  expect(noted("hook_a")).toBe(20);
});
