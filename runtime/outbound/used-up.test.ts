import { describe, expect, it } from "vitest";
import { usedUpMs } from "./used-up.ts";

const none = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" };

describe("an API whose limit is used up", () => {
  it.each<[what: string, headers: Record<string, string>, ms: number | null]>([
    ["says so until its reset", none, 30_000],
    ["has some left", { ...none, "x-ratelimit-remaining": "1" }, null],
    ["says nothing of a reset", { "x-ratelimit-remaining": "0" }, null],
    ["says an hour at the most", { ...none, "x-ratelimit-reset": "7200" }, 3_600_000],
  ])("%s", (_, headers, ms) => {
    expect(usedUpMs(headers, 1_800_000_000_000)).toBe(ms);
  });
});
