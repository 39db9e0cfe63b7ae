import type { RestHook } from "../../shared/connector/incoming-webhook.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The first look after a change at the provider: a call that was sent by one who has lost its turn shows by then. */
export const firstCheckMs = minute;
/** How often desired and actual are compared. */
export const checkEveryMs = 6 * hour;
/** How soon what the provider refuses is tried again by itself: somebody may have put it right. */
export const refusedAgainMs = hour;

/** After a passing fault: doubled each time up to an hour, and never before the provider wants to be asked again. */
export function backOffMs(attempts: number, outcome: CallOutcome | null): number {
  const asked = outcome && "retryAfterMs" in outcome ? (outcome.retryAfterMs ?? 0) : 0;
  return Math.max(asked, Math.min(hour, second * 2 ** Math.min(attempts, 12)));
}

/** The soonest that anything is renewed, whatever life the provider says it has. */
const soonestMs = 30 * second;

/**
 * When to come again to one that works: to renew it with 30 % of its life left, or to compare it with what the provider lists. One whose
 * end is past already as it begins is asked for again like what was refused: clocks differ, and some answers are no times.
 */
export function nextLook(
  { list }: Pick<RestHook, "list">,
  now: number,
  expiresAt: number | null,
  checkMs = checkEveryMs,
): { renewAt: number | null; nextAt: number | null } {
  const inTime = (end: number) => now + (end <= now ? refusedAgainMs : Math.max(soonestMs, Math.round((end - now) * 0.7)));
  const renewAt = expiresAt === null ? null : inTime(expiresAt);
  const checkAt = list ? now + checkMs : null;
  return { renewAt, nextAt: renewAt === null || checkAt === null ? (renewAt ?? checkAt) : Math.min(renewAt, checkAt) };
}

/** What a failed call leaves behind: did the provider surely not do it, may it have, or does it refuse? */
export type Fault = "not-done" | "unknown" | "refused";

export function faultOf(outcome: Exclude<CallOutcome, { outcome: "succeeded" }>): Fault {
  switch (outcome.outcome) {
    case "rejected":
    case "unauthorized":
    case "forbidden":
    case "blocked":
      return "refused";
    case "rate-limited":
    case "unreachable":
    case "over-quota":
      return "not-done";
    // Not sent: the turn was lost, or the process ends.
    case "canceled":
      return "not-done";
    case "server-error":
    case "interrupted":
    case "timed-out":
    case "too-large":
      return "unknown";
  }
}
