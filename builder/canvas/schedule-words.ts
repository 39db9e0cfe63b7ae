import type { Schedule } from "../../shared/flow/schedule.ts";
import { formatDuration } from "../ui/format-time.ts";

/** Ready-made cron expressions: what people ask for most. */
export const usualTimes = [
  { value: "*/5 * * * *", label: "Every 5 minutes" },
  { value: "0 * * * *", label: "Every hour" },
  { value: "0 9 * * *", label: "Every day at 9:00" },
  { value: "0 9 * * MON-FRI", label: "Monday to Friday at 9:00" },
  { value: "0 9 * * MON", label: "Every Monday at 9:00" },
  { value: "0 9 1 * *", label: "The first of each month at 9:00" },
  { value: "0 18 L * *", label: "The last day of each month at 18:00" },
] as const;

/** A schedule in a few words; an expression that is not one of the usual ones stands as it is. */
export function describeSchedule(schedule: Schedule): string {
  if (schedule.kind === "interval") return `Every ${formatDuration(schedule.everyMs)}`;
  const words = usualTimes.find(({ value }) => value === schedule.expression)?.label ?? schedule.expression;
  return `${words} · ${schedule.timeZone}`;
}
