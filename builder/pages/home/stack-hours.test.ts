import { expect, test } from "vitest";
import { chartTop, stack } from "./stack-hours.ts";

const hour = (succeeded: number, failed = 0, other = 0) => ({ startsAt: 0, succeeded, failed, other });

test.each([
  [0, 2],
  [1, 2],
  [3, 4],
  [9, 10],
  [11, 20],
  [40, 40],
  [41, 100],
  [1_001, 2_000],
])("ends the axis of at most %d at %d, whose half is whole", (most, top) => {
  expect(chartTop([hour(most)])).toBe(top);
});

test("stacks failures on top, without a gap", () => {
  expect(stack(hour(50, 25, 25), 100, 200)).toEqual([
    { part: "succeeded", y: 100, height: 100 },
    { part: "other", y: 50, height: 50 },
    { part: "failed", y: 0, height: 50 },
  ]);
});

test("shows one failure among thousands", () => {
  expect(stack(hour(9_999, 1), 10_000, 100).at(-1)).toMatchObject({ part: "failed", height: 2 });
});
