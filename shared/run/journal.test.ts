import { describe, expect, it } from "vitest";
import { JournalEntry, JournalValues, RunAnswer } from "./journal.ts";

const head = { number: 3, at: 1_800_000_000_000 };
const step = { ...head, node: "search" };

describe("JournalEntry", () => {
  it.each([
    { ...head, kind: "run-started", trigger: "start" },
    { ...head, kind: "run-resumed" },
    { ...step, kind: "step-started", iteration: [0, 12] },
    { ...step, kind: "attempt-started", attempt: 1, group: 1, effect: "unsafe", idempotencyKey: "k", values: ["request"] },
    {
      ...step,
      kind: "attempt-failed",
      attempt: 1,
      outcome: "timed-out",
      status: null,
      message: "m",
      durationMs: 1.5,
      retryAt: null,
      nextGroup: false,
    },
    { ...step, kind: "page-received", attempt: 1, status: 200, durationMs: 12.5, values: ["output", "response"] },
    { ...step, kind: "step-waiting", reason: "outcome-unknown", until: null },
    {
      ...step,
      kind: "step-succeeded",
      startedAt: 1,
      ports: ["out"],
      values: ["input", "output"],
      call: { attempt: 1, status: 200, durationMs: 3 },
    },
    { ...step, kind: "step-failed", startedAt: 1, error: { code: "c", message: "m" } },
    { ...step, kind: "step-skipped" },
    { ...step, kind: "step-canceled" },
    { ...step, kind: "outcome-decided", decision: "send-again", by: "usr_1" },
    { ...step, kind: "run-answered", status: 201, values: ["output"] },
    { ...head, kind: "cancel-requested", by: "usr_1" },
    { ...head, kind: "run-finished", status: "failed", error: { code: "c", message: "m", node: "search" } },
  ])("reads back $kind as it was written", (entry) => {
    expect(JournalEntry.parse(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
  });

  it.each([
    ["number 0", { ...head, number: 0, kind: "run-resumed" }],
    ["half a number", { ...head, number: 1.5, kind: "run-resumed" }],
    ["no time", { number: 1, kind: "run-resumed" }],
    ["an unknown kind", { ...head, kind: "run-paused" }],
    ["no node", { ...head, kind: "step-started" }],
    ["a status that is not final", { ...head, kind: "run-finished", status: "waiting" }],
    ["an unknown reason", { ...step, kind: "step-waiting", reason: "mood", until: null }],
    ["an unknown value name", { ...head, kind: "run-resumed", values: ["secret"] }],
    ["an unknown effect", { ...step, kind: "attempt-started", attempt: 1, group: 1, effect: "harmless", idempotencyKey: "k" }],
  ])("refuses an entry with %s", (_, entry) => {
    expect(JournalEntry.safeParse(entry).success).toBe(false);
  });

  it("holds the names of its values, never the values", () => {
    const entry = JournalEntry.parse({ ...head, kind: "run-resumed", values: ["input"], input: { password: "x" }, output: 1 });
    expect(entry).toEqual({ ...head, kind: "run-resumed", values: ["input"] });
  });
});

describe("JournalValues", () => {
  it("takes any of the four names, and no other", () => {
    expect(JournalValues.parse({ input: { a: [1, null] }, response: "x" })).toEqual({ input: { a: [1, null] }, response: "x" });
    expect(JournalValues.parse({})).toEqual({});
    expect(JournalValues.safeParse({ secret: 1 }).success).toBe(false);
    expect(JournalValues.safeParse({ input: undefined, output: new Date(0) }).success).toBe(false);
  });
});

describe("RunAnswer", () => {
  it("is status, headers and a JSON body", () => {
    const answer = { status: 200, headers: { "x-a": "b" }, body: null };
    expect(RunAnswer.parse(answer)).toEqual(answer);
    expect(RunAnswer.safeParse({ ...answer, headers: { "x-a": 1 } }).success).toBe(false);
  });
});
