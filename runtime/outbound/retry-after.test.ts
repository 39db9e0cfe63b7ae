import { describe, expect, test } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const now = Date.UTC(2026, 0, 1, 12);

describe("how long an API asks to wait", () => {
  test.each<[what: string, headers: Record<string, string>, expected: number | null]>([
    ["seconds", { "retry-after": "120" }, 120_000],
    ["fractions of seconds", { "retry-after": "0.5" }, 500],
    ["a date", { "retry-after": "Thu, 01 Jan 2026 12:00:30 GMT" }, 30_000],
    ["a date that is over", { "retry-after": "Thu, 01 Jan 2026 11:00:00 GMT" }, 0],
    ["text", { "retry-after": "soon" }, null],
    ["a number that a date parser would take", { "retry-after": "-5" }, null],
    ["a year", { "retry-after": "31536000" }, 86_400_000],
    ["nothing", {}, null],
    ["a reset in epoch seconds", { "x-ratelimit-reset": String(now / 1_000 + 7) }, 7_000],
    ["a reset in epoch milliseconds", { "x-ratelimit-reset": String(now + 7_000) }, 7_000],
    ["a reset in seconds from now", { "ratelimit-reset": "7" }, 7_000],
    ["an unreadable reset", { "x-rate-limit-reset": "later" }, null],
    ["Retry-After before a reset", { "retry-after": "1", "x-ratelimit-reset": "9" }, 1_000],
  ])("%s", (_, headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected);
  });
});
