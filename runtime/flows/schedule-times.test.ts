import { describe, expect, test } from "vitest";
import type { Schedule } from "../../shared/flow/schedule.ts";
import { localTime, nextFiring, scheduleProblem } from "./schedule-times.ts";

const cron = (expression: string, timeZone = "America/New_York"): Schedule => ({ kind: "cron", expression, timeZone });
/** The next firings in the schedule's own zone. */
function firings(schedule: Schedule, after: string, count: number): string[] {
  const found: string[] = [];
  let at: number | null = Date.parse(after);
  const since = at;
  while (found.length < count) {
    at = nextFiring(schedule, { since, after: at ?? 0 });
    if (at === null) break;
    found.push(localTime(schedule, at));
  }
  return found;
}

describe("the times of a schedule", () => {
  test("a fixed time in the hour that is skipped fires at the next moment that exists", () => {
    expect(firings(cron("30 2 * * *"), "2026-03-07T12:00:00Z", 2)).toEqual([
      "2026-03-08T03:00:00-04:00",
      "2026-03-09T02:30:00-04:00",
    ]);
  });

  test("a fixed time in the hour that is repeated fires once", () => {
    expect(firings(cron("30 1 * * *"), "2026-10-31T12:00:00Z", 2)).toEqual([
      "2026-11-01T01:30:00-04:00",
      "2026-11-02T01:30:00-05:00",
    ]);
  });

  test("what fires each half hour goes on through both", () => {
    expect(firings(cron("*/30 * * * *"), "2026-11-01T05:20:00Z", 3)).toEqual([
      "2026-11-01T01:30:00-04:00",
      "2026-11-01T01:00:00-05:00",
      "2026-11-01T01:30:00-05:00",
    ]);
  });

  test("six fields begin with seconds", () => {
    expect(firings(cron("*/20 * * * * *", "UTC"), "2026-01-01T00:00:10Z", 2)).toEqual([
      "2026-01-01T00:00:20+00:00",
      "2026-01-01T00:00:40+00:00",
    ]);
  });

  test("an interval is counted from where it began", () => {
    const schedule: Schedule = { kind: "interval", everyMs: 60_000 };
    expect(nextFiring(schedule, { since: 1_000, after: 1_000 })).toBe(61_000);
    expect(nextFiring(schedule, { since: 1_000, after: 61_000 })).toBe(121_000);
    expect(nextFiring(schedule, { since: 1_000, after: 150_000 })).toBe(181_000);
    // The clock went back behind the beginning.
    expect(nextFiring(schedule, { since: 1_000, after: 0 })).toBe(61_000);
  });
});

test.each([
  ["99 * * * *", "UTC", "expression", "99"],
  ["* * * *", "UTC", "expression", "5 fields"],
  ["@daily", "UTC", "expression", "5 fields"],
  ["0 0 31 2 *", "UTC", "expression", "never fires"],
  ["0 0 * * *", "Mars/Base", "timeZone", "Mars/Base"],
  ["0 0 * * *", "+02:00", "timeZone", "Europe/Berlin"],
])("%s in %s is refused by its field", (expression, timeZone, field, words) => {
  expect(scheduleProblem(cron(expression, timeZone))).toEqual({ field, message: expect.stringContaining(words) });
});

test("schedules that fire have no problem", () => {
  expect(scheduleProblem(cron("0 9 * * 1-5", "Europe/Berlin"))).toBeNull();
  expect(scheduleProblem({ kind: "interval", everyMs: 1_000 })).toBeNull();
});
