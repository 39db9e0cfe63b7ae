import { describe, expect, test } from "vitest";
import type { CallOutcome } from "./call-outcome.ts";
import { decideRetry, defaultRetryPolicy, RetryPolicy } from "./retry.ts";

const now = 1_000_000;
const answer = { message: "", headers: {}, body: null, durationMs: 1 };
const outcomes = {
  succeeded: { outcome: "succeeded", status: 200, ...answer },
  rejected: { outcome: "rejected", status: 404, ...answer },
  unauthorized: { outcome: "unauthorized", status: 401, ...answer },
  forbidden: { outcome: "forbidden", status: 403, ...answer },
  limited: { outcome: "rate-limited", status: 429, retryAfterMs: null, ...answer },
  limitedForLong: { outcome: "rate-limited", status: 429, retryAfterMs: 90_000, ...answer },
  limitedForShort: { outcome: "rate-limited", status: 429, retryAfterMs: 5, ...answer },
  crashed: { outcome: "server-error", status: 500, retryAfterMs: null, ...answer },
  gateway: { outcome: "server-error", status: 504, retryAfterMs: null, ...answer },
  unavailable: { outcome: "server-error", status: 503, retryAfterMs: 7_000, ...answer },
  loop: { outcome: "server-error", status: 508, retryAfterMs: null, ...answer },
  unreachable: { outcome: "unreachable", message: "", durationMs: 1 },
  interrupted: { outcome: "interrupted", message: "", durationMs: 1 },
  timedOut: { outcome: "timed-out", message: "", durationMs: 1 },
  blocked: { outcome: "blocked", reason: "egress", message: "", durationMs: 1 },
  tooLarge: { outcome: "too-large", message: "", durationMs: 1 },
  overQuota: { outcome: "over-quota", retryAfterMs: 40_000, message: "", durationMs: 1 },
  canceled: { outcome: "canceled", message: "", durationMs: 1 },
} satisfies Record<string, CallOutcome>;

/** `random` of a half is no jitter. */
function decide(outcome: CallOutcome, changes: Partial<Parameters<typeof decideRetry>[0]> = {}) {
  return decideRetry({ policy: defaultRetryPolicy, outcome, attempt: 1, repeatable: true, now, random: 0.5, ...changes });
}

describe("what follows the first attempt", () => {
  const later = (ms: number, nextGroup: boolean) => ({ decision: "retry", at: now + ms, nextGroup });
  const giveUp = { decision: "give-up" };
  const unknown = { decision: "unknown" };

  test.each<[keyof typeof outcomes, repeatable: object, unsafe: object]>([
    ["succeeded", giveUp, giveUp],
    ["rejected", giveUp, giveUp],
    ["unauthorized", giveUp, giveUp],
    ["forbidden", giveUp, giveUp],
    ["limited", later(1_000, true), later(1_000, true)],
    ["limitedForLong", later(90_000, true), later(90_000, true)],
    ["limitedForShort", later(1_000, true), later(1_000, true)],
    ["crashed", later(1_000, false), giveUp],
    ["gateway", later(1_000, false), unknown],
    ["unavailable", later(7_000, true), giveUp],
    ["loop", giveUp, giveUp],
    ["unreachable", later(1_000, false), later(1_000, false)],
    ["interrupted", later(1_000, false), unknown],
    ["timedOut", later(1_000, false), unknown],
    ["blocked", giveUp, giveUp],
    ["tooLarge", giveUp, giveUp],
    ["overQuota", later(40_000, false), later(40_000, false)],
    ["canceled", giveUp, giveUp],
  ])("%s", (name, repeatable, unsafe) => {
    expect(decide(outcomes[name])).toEqual(repeatable);
    expect(decide(outcomes[name], { repeatable: false })).toEqual(unsafe);
  });
});

test("waits out our own limits however often, with the same key", () => {
  const waits = { decision: "retry", at: now + 40_000, nextGroup: false };
  expect(decide(outcomes.overQuota, { attempt: 20 })).toEqual(waits);
});

test("gives up after the last attempt, but an unsafe call stays unknown", () => {
  expect(decide(outcomes.unreachable, { attempt: 3 })).toMatchObject({ decision: "retry" });
  expect(decide(outcomes.unreachable, { attempt: 4 })).toEqual({ decision: "give-up" });
  expect(decide(outcomes.limitedForLong, { attempt: 4 })).toEqual({ decision: "give-up" });
  expect(decide(outcomes.timedOut, { attempt: 4, repeatable: false })).toEqual({ decision: "unknown" });
});

test("waits longer each time, up to the cap, give or take the jitter", () => {
  const policy = RetryPolicy.parse({ maxAttempts: 20, backoffMs: 100, factor: 3, maxBackoffMs: 1_000, jitter: 0.5 });
  const wait = (attempt: number, random = 0.5) => {
    const decision = decide(outcomes.unreachable, { policy, attempt, random });
    return decision.decision === "retry" ? decision.at - now : null;
  };
  expect([1, 2, 3, 4, 19].map((attempt) => wait(attempt))).toEqual([100, 300, 900, 1_000, 1_000]);
  expect([wait(1, 0), wait(1, 0.999_999)]).toEqual([50, 150]);
});

test("may be told to retry at once", () => {
  const policy = RetryPolicy.parse({ backoffMs: 0 });
  expect(decide(outcomes.unreachable, { policy })).toMatchObject({ at: now });
  expect(decide({ ...outcomes.unreachable, outcome: "unreachable", retryAfterMs: 30_000 }, { policy })).toMatchObject({
    at: now + 30_000,
  });
});

test("throws on an outcome that does not exist", () => {
  // A stored entry of a later version could hold one; the type forbids it here.
  expect(() => decide({ outcome: "new" } as never)).toThrow(expect.objectContaining({ code: "internal" }));
});
