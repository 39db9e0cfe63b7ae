import { expect, test } from "vitest";
import { formatSize } from "./format-size.ts";
import { formatDuration, formatRelative } from "./format-time.ts";

test.each([
  [0, "<1 ms"],
  [0.4, "<1 ms"],
  [-20, "<1 ms"],
  [840, "840 ms"],
  [999.6, "1.0 s"],
  [3_249, "3.2 s"],
  [9_951, "10 s"],
  [59_400, "59 s"],
  [59_600, "1 min"],
  [72_000, "1 min 12 s"],
  [3_599_900, "60 min"],
  [7_500_000, "2 h 5 min"],
  [86_400_000, "1 d"],
  [273_600_000, "3 d 4 h"],
])("writes %d ms as %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

const now = Date.UTC(2026, 5, 15, 12);

test.each([
  [0, "just now"],
  [-4_900, "just now"],
  [-5_000, "5 s ago"],
  [-59_999, "59 s ago"],
  [-60_000, "1 min ago"],
  [-3_600_000, "1 h ago"],
  [-26 * 3_600_000, "1 d ago"],
  [12_000, "in 12 s"],
  [300, "in 1 s"],
  [90_000, "in 1 min"],
  [7 * 86_400_000 - 1_000, "in 7 d"],
  [2 * 86_400_000 + 60_000, "in 2 d"],
  [2 * 3_600_000 - 1_000, "in 2 h"],
])("says %d ms from now as %s", (distance, text) => {
  expect(formatRelative(now + distance, now)).toBe(text);
});

test("names the day once a week has passed, and the year once it is another", () => {
  expect(formatRelative(now - 8 * 86_400_000, now)).not.toContain("2026");
  expect(formatRelative(now - 8 * 86_400_000, now)).toContain("7");
  expect(formatRelative(now - 365 * 86_400_000, now)).toContain("2025");
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [48_213, "48 kB"],
  [999_600, "1.0 MB"],
  [18_000_000, "18 MB"],
])("writes %d bytes as %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
