import type { RateLimit, RateWindow } from "../../../shared/connector/rate-limit.ts";

/** Lengths that a window is given in; the values are milliseconds. */
export const spans = [
  { value: "1", label: "milliseconds", short: "ms" },
  { value: "1000", label: "seconds", short: "s" },
  { value: "60000", label: "minutes", short: "min" },
  { value: "3600000", label: "hours", short: "h" },
  { value: "86400000", label: "days", short: "d" },
] as const;
export type Span = (typeof spans)[number]["value"];

/** Limits as they are typed: each number is text until it is saved. */
export type WindowRow = { calls: string; amount: string; span: Span };
export type LimitRow = { group: string; windows: WindowRow[] };

export const newWindow: WindowRow = { calls: "", amount: "1", span: "1000" };

export function rowsOf(limits: readonly RateLimit[]): LimitRow[] {
  return limits.map(({ group = "", windows }) => ({
    group,
    windows: windows.map(({ limit, perMs }) => {
      const { value } = spanOf(perMs);
      return { calls: String(limit), amount: String(perMs / Number(value)), span: value };
    }),
  }));
}

/** `problems`: what is no number, by field as the server would name it, e.g. `limits.0.windows.1.limit`. */
export function limitsOf(rows: readonly LimitRow[]): { limits: RateLimit[]; problems: Record<string, string> } {
  const problems: Record<string, string> = {};
  const whole = (field: string, value: number): number => {
    if (!Number.isSafeInteger(value) || value < 1) problems[field] = "must be a whole number from 1";
    return value;
  };
  const limits = rows.map(({ group, windows }, index) => ({
    ...(group.trim() !== "" && { group: group.trim() }),
    windows: windows.map(({ calls, amount, span }, at) => ({
      limit: whole(`limits.${index}.windows.${at}.limit`, numberIn(calls)),
      // Rounded, since 1.1 times 1,000 is not quite 1,100.
      perMs: whole(`limits.${index}.windows.${at}.perMs`, Math.round(numberIn(amount) * Number(span))),
    })),
  }));
  return { limits, problems };
}

/** Which limit and which of its fields: "Limit 2, window 1, calls". Null for a field of nothing that is on the form. */
export function placeOf(field: string): string | null {
  const [, limit, rest = ""] = /^limits\.(\d+)(?:\.(.+))?$/.exec(field) ?? [];
  if (limit === undefined) return null;
  const [, window, part] = /^windows\.(\d+)\.(\w+)$/.exec(rest) ?? [];
  const names: Record<string, string> = { limit: "calls", perMs: "length" };
  const within =
    window === undefined ? (rest === "group" ? "group" : "windows") : `window ${Number(window) + 1}, ${names[part ?? ""]}`;
  return `Limit ${Number(limit) + 1}, ${within}`;
}

/** "25 per 1 s and 1,500 per 1 min" */
export function limitWords({ windows }: Pick<RateLimit, "windows">): string {
  return windows.map(windowWords).join(" and ");
}

function windowWords({ limit, perMs }: RateWindow): string {
  const { value, short } = spanOf(perMs);
  return `${limit.toLocaleString("en")} per ${(perMs / Number(value)).toLocaleString("en")} ${short}`;
}

/** The largest of which it is a whole number. */
function spanOf(ms: number): (typeof spans)[number] {
  return spans.findLast(({ value }) => ms % Number(value) === 0) ?? spans[0];
}

/** NaN for what is no number, or nothing. */
function numberIn(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
