const longestMs = 24 * 3_600_000;

/**
 * How long the API asks us to wait, in milliseconds from `now`: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), else
 * for a 429 the reset of its rate window. Null when it says nothing readable. At most a day.
 */
export function retryAfterMs(headers: Record<string, string>, now: number): number | null {
  const asked = headers["retry-after"];
  if (asked !== undefined) return parseRetryAfter(asked.trim(), now);
  return resetMs(headers, now);
}

/** How long the API's rate window lasts, in milliseconds from `now`; null when it says nothing readable. At most a day. */
export function resetMs(headers: Record<string, string>, now: number): number | null {
  const reset = headers["x-ratelimit-reset"] ?? headers["x-rate-limit-reset"] ?? headers["ratelimit-reset"];
  return reset === undefined ? null : parseReset(reset.trim(), now);
}

function parseRetryAfter(value: string, now: number): number | null {
  if (/^\d+(\.\d+)?$/.test(value)) return within(Number(value) * 1_000);
  // Date.parse takes nearly anything, so the three forms of RFC 9110, 5.6.7 are told by their day name.
  const date = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : within(date - now);
}

/** Vendors differ: epoch seconds (ZoomInfo, GitHub), epoch milliseconds, or seconds from now. The size tells them apart. */
function parseReset(value: string, now: number): number | null {
  if (!/^\d+(\.\d+)?$/.test(value)) return null;
  const number = Number(value);
  if (number > 1e11) return within(number - now);
  return number > 1e8 ? within(number * 1_000 - now) : within(number * 1_000);
}

function within(ms: number): number {
  return Math.round(Math.min(longestMs, Math.max(0, ms)));
}
