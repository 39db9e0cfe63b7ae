import { resetMs } from "./retry-after.ts";

/** No pause is longer: who says so says it again after it. */
const longestMs = 3_600_000;

/**
 * For how long an API says that nothing is left of a limit, in milliseconds: until its reset where `X-RateLimit-Remaining` is 0, an hour at
 * the most. Null where it does not.
 */
export function usedUpMs(headers: Record<string, string>, now: number): number | null {
  const left = headers["x-ratelimit-remaining"] ?? headers["x-rate-limit-remaining"] ?? headers["ratelimit-remaining"];
  if (left?.trim() !== "0") return null;
  const ms = resetMs(headers, now);
  return ms === null || ms <= 0 ? null : Math.min(longestMs, ms);
}
