import { Cron } from "croner";
import type { Schedule } from "../../shared/flow/schedule.ts";

/** The first thing in a schedule that cannot be read, by its field; null when it fires. */
export function scheduleProblem(schedule: Schedule): { field: string; message: string } | null {
  if (schedule.kind === "interval") return null;
  if (!isTimeZone(schedule.timeZone))
    return { field: "timeZone", message: `there is no time zone "${schedule.timeZone}": use a name such as Europe/Berlin` };
  const fields = schedule.expression.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6)
    return { field: "expression", message: `a schedule has 5 fields, or 6 with seconds first; this one has ${fields}` };
  try {
    const never = cronOf(schedule).nextRun(new Date(0)) === null;
    return never ? { field: "expression", message: `"${schedule.expression}" never fires: no calendar has such a day` } : null;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, "") : "it cannot be read";
    return { field: "expression", message: `"${schedule.expression}" cannot be read: ${why}` };
  }
}

/**
 * The next firing (ms) after a moment; null when there is none. Intervals are counted from `since`. In the hour that a clock skips a
 * fixed time fires at the next moment that exists, in the one that it repeats once.
 */
export function nextFiring(schedule: Schedule, { since, after }: { since: number; after: number }): number | null {
  if (schedule.kind === "cron") return cronOf(schedule).nextRun(new Date(after))?.getTime() ?? null;
  const { everyMs } = schedule;
  return since + everyMs * (Math.floor(Math.max(0, after - since) / everyMs) + 1);
}

/** How many firings of a cron schedule are counted one by one before they are counted backwards. */
const mostCounted = 1_000;

/** The last firings (ms) of a stretch of time, both ends included, oldest first; `from` is one of them. */
export function lastFirings(
  schedule: Schedule,
  { since, from, to, most }: { since: number; from: number; to: number; most: number },
): number[] {
  if (from > to) return [];
  if (schedule.kind === "interval") {
    const last = from + schedule.everyMs * Math.floor((to - from) / schedule.everyMs);
    const count = Math.min(most, Math.round((last - from) / schedule.everyMs) + 1);
    return Array.from({ length: count }, (_, index) => last - schedule.everyMs * (count - 1 - index));
  }
  const firings = [from];
  for (let at = nextFiring(schedule, { since, after: from }); at !== null && at <= to; ) {
    firings.push(at);
    if (firings.length > mostCounted) return backwards(schedule, { from, to, most });
    at = nextFiring(schedule, { since, after: at });
  }
  return firings.slice(-most);
}

function backwards(
  schedule: Extract<Schedule, { kind: "cron" }>,
  { from, to, most }: { from: number; to: number; most: number },
): number[] {
  const runs = cronOf(schedule).previousRuns(most, new Date(to + 1));
  return runs
    .map((date) => date.getTime())
    .filter((at) => at >= from)
    .toSorted((a, b) => a - b);
}

/** A moment as clocks in the schedule's zone show it, RFC 3339, e.g. `2026-03-29T03:00:00+02:00`. */
export function localTime(schedule: Schedule, at: number): string {
  const timeZone = schedule.kind === "cron" ? schedule.timeZone : "UTC";
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "longOffset",
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "";
  const offset = of("timeZoneName").replace("GMT", "") || "+00:00";
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}:${of("second")}${offset}`;
}

function cronOf({ expression, timeZone }: Extract<Schedule, { kind: "cron" }>): Cron {
  return new Cron(expression, { timezone: timeZone, paused: true });
}

function isTimeZone(name: string): boolean {
  // Offsets such as +02:00 are taken by Intl, too, but know no summer time.
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
