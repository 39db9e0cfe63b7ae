import { expect, test } from "vitest";
import { partsOf } from "./parts.ts";

test.each([
  ["", []],
  ["abc", ["abc"]],
  ["abcd", ["abc", "d"]],
  ["ab😀c", ["ab", "😀c"]],
  ["a😀b", ["a😀", "b"]],
])("%j is cut between characters", (text, parts) => {
  expect([...partsOf(text, 3)]).toEqual(parts);
});
