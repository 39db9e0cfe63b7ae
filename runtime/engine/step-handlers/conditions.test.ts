import { expect, it } from "vitest";
import type { ConditionOperator } from "../../../shared/flow/condition.ts";
import type { Json } from "../../../shared/json.ts";
import { holds } from "./conditions.ts";

type Comparison = "greater-than" | "at-least" | "less-than" | "at-most";
const comparisons: readonly Comparison[] = ["greater-than", "at-least", "less-than", "at-most"];

it.each<[Json, Json, ConditionOperator[]]>([
  [2, 1, ["greater-than", "at-least"]],
  [1, 1, ["at-least", "at-most"]],
  [1, 2, ["less-than", "at-most"]],
  // Texts that read as numbers are numbers.
  ["10", 9, ["greater-than", "at-least"]],
  ["1.0", "1", ["at-least", "at-most"]],
  // Everything else is text.
  ["b", "a", ["greater-than", "at-least"]],
  ["2026-01-02", "2026-01-02", ["at-least", "at-most"]],
  ["10", "9 o'clock", ["less-than", "at-most"]],
])("compares %j with %j", (left, right, held) => {
  expect(comparisons.filter((operator) => holds(left, operator, right))).toEqual(held);
});

it.each<[Json | undefined, Json | undefined]>([
  [null, 1],
  [1, null],
  [undefined, 0],
  [null, null],
])("compares what is not there with nothing: %j, %j", (left, right) => {
  expect(comparisons.filter((operator) => holds(left, operator, right))).toEqual([]);
});
