import { describe, expect, it } from "vitest";
import { createUsedUp } from "./used-up.ts";

const now = 1_800_000_000_000;
const caller = { origin: "https://api.example", auth: { kind: "none" as const }, connection: null };
const none = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" };

describe("an account whose limit is used up", () => {
  it.each<[what: string, headers: Record<string, string>, pauseMs: number]>([
    ["says so until its reset", none, 30_000],
    ["has some left", { ...none, "x-ratelimit-remaining": "1" }, 0],
    ["says nothing of a reset", { "x-ratelimit-remaining": "0" }, 0],
    ["says an hour at the most", { ...none, "x-ratelimit-reset": "7200" }, 3_600_000],
  ])("%s", (_, headers, pauseMs) => {
    const usedUp = createUsedUp(() => now);
    usedUp.note(caller, headers);
    expect(usedUp.pauseMs(caller)).toBe(pauseMs);
    expect(usedUp.pauseMs({ ...caller, origin: "https://other.example" })).toBe(0);
  });

  it("is held back no longer than that", () => {
    let time = now;
    const usedUp = createUsedUp(() => time);
    usedUp.note(caller, none);
    time += 30_000;
    expect(usedUp.pauseMs(caller)).toBe(0);
  });
});
