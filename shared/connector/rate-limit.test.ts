import { expect, test } from "vitest";
import { limitOf, RateLimit } from "./rate-limit.ts";

const usual = RateLimit.parse({ windows: [{ limit: 25, perMs: 1_000 }] });
const slow = RateLimit.parse({ group: "slow", windows: [{ limit: 1, perMs: 1_000 }] });

test.each<[what: string, limits: RateLimit[] | undefined, group: string | undefined, limit: RateLimit | null]>([
  ["a call of a group counts in its limit", [usual, slow], "slow", slow],
  ["a call without a group counts in the one without", [slow, usual], undefined, usual],
  ["a group that was not declared counts in the one without", [slow, usual], "other", usual],
  ["a group that was not declared counts nowhere when there is none", [slow], "other", null],
  ["nothing is limited where nothing is declared", undefined, "slow", null],
])("%s", (_, limits, group, limit) => {
  expect(limitOf(limits, group)).toBe(limit);
});

test.each([[{ windows: [] }], [{ windows: [{ limit: 0, perMs: 1_000 }] }], [{ group: "Two words", windows: [usual] }]])(
  "refuses %j",
  (limit) => {
    expect(RateLimit.safeParse(limit).success).toBe(false);
  },
);
