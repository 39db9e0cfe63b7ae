import { expect, test } from "vitest";
import type { RateLimit } from "../../../shared/connector/rate-limit.ts";
import { limitsOf, limitWords, placeOf, rowsOf } from "./limit-rows.ts";

const limits: RateLimit[] = [
  {
    windows: [
      { limit: 25, perMs: 1_000 },
      { limit: 1_500, perMs: 60_000 },
    ],
  },
  { group: "export", windows: [{ limit: 1, perMs: 1_500 }] },
];

test("what is declared comes back as it was, whatever unit it is shown in", () => {
  expect(rowsOf(limits)[0]?.windows[1]).toEqual({ calls: "1500", amount: "1", span: "60000" });
  expect(limitsOf(rowsOf(limits))).toEqual({ limits, problems: {} });
});

test("a window may be given in parts of its unit", () => {
  const rows = [{ group: " slow ", windows: [{ calls: "3", amount: "1.1", span: "1000" as const }] }];
  expect(limitsOf(rows).limits).toEqual([{ group: "slow", windows: [{ limit: 3, perMs: 1_100 }] }]);
});

test.each(["", "0", "2.5", "many", "-1"])("%j calls are named as a problem of their field", (calls) => {
  const { problems } = limitsOf([...rowsOf(limits), { group: "", windows: [{ calls, amount: "1", span: "1000" }] }]);
  expect(problems).toEqual({ "limits.2.windows.0.limit": expect.stringContaining("whole number") });
});

test.each([
  ["limits.1.windows.0.perMs", "Limit 2, window 1, length"],
  ["limits.0.windows.2.limit", "Limit 1, window 3, calls"],
  ["limits.3.group", "Limit 4, group"],
  ["limits.0.windows", "Limit 1, windows"],
  ["limits", null],
  ["baseUrl", null],
])("the field %s is %s", (field, place) => {
  expect(placeOf(field)).toBe(place);
});

test("a limit reads as its windows", () => {
  expect(limits.map(limitWords)).toEqual(["25 per 1 s and 1,500 per 1 min", "1 per 1,500 ms"]);
});
