import { z } from "zod";
import { unreachable } from "../app-error.ts";
import type { CallOutcome } from "./call-outcome.ts";

/** Retry as data. Backoff before attempt n+1 is `backoffMs * factor^(n-1)`, capped, with ± `jitter` of it. */
export const RetryPolicy = z.object({
  maxAttempts: z.int().min(1).max(20).default(4),
  backoffMs: z.int().min(0).max(3_600_000).default(1_000),
  factor: z.number().min(1).max(10).default(2),
  maxBackoffMs: z.int().min(0).max(86_400_000).default(60_000),
  jitter: z.number().min(0).max(1).default(0.2),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

export const defaultRetryPolicy: RetryPolicy = RetryPolicy.parse({});

/** `nextGroup`: the last attempt got a definite answer, so the next one is a new request and takes a new idempotency key. */
export type RetryDecision =
  | { decision: "retry"; at: number; nextGroup: boolean }
  | { decision: "unknown" }
  | { decision: "give-up" };

/**
 * Decides what follows a failed attempt (`attempt` counts from 1). `random` is in [0, 1). An unsafe call whose outcome is not
 * known is never sent again by policy alone: the caller gets `unknown`.
 */
export function decideRetry(input: {
  policy: RetryPolicy;
  outcome: CallOutcome;
  attempt: number;
  repeatable: boolean;
  now: number;
  random: number;
}): RetryDecision {
  const { policy, outcome, attempt, repeatable, now, random } = input;
  const retry = (nextGroup: boolean, atLeastMs = 0): RetryDecision =>
    attempt >= policy.maxAttempts
      ? { decision: "give-up" }
      : { decision: "retry", at: now + Math.max(atLeastMs, backoff(policy, attempt, random)), nextGroup };
  switch (outcome.outcome) {
    case "rate-limited":
      return retry(true, outcome.retryAfterMs ?? 0);
    case "server-error":
      // A loop is one however often it is entered (RFC 5842, 7.2).
      if (outcome.status === 508) return { decision: "give-up" };
      // Only 503 says that nothing was done (RFC 9110, 15.6.4). A gateway gives 502 or 504, and a crash 500, for work that may have
      // been done: there the old key alone keeps it from being done twice.
      if (repeatable) return retry(outcome.status === 503, outcome.retryAfterMs ?? 0);
      return { decision: outcome.status === 502 || outcome.status === 504 ? "unknown" : "give-up" };
    case "over-quota":
      // Our own doing, so it is waited out however often.
      return { decision: "retry", at: now + outcome.retryAfterMs, nextGroup: false };
    case "unreachable":
      return retry(false, outcome.retryAfterMs ?? 0);
    case "interrupted":
    case "timed-out":
      return repeatable ? retry(false) : { decision: "unknown" };
    case "succeeded":
    case "rejected":
    case "unauthorized":
    case "forbidden":
    case "blocked":
    case "too-large":
    case "canceled":
      return { decision: "give-up" };
    default:
      return unreachable(outcome);
  }
}

function backoff(policy: RetryPolicy, attempt: number, random: number): number {
  const base = Math.min(policy.maxBackoffMs, policy.backoffMs * policy.factor ** (attempt - 1));
  return Math.round(base * (1 + policy.jitter * (2 * random - 1)));
}
