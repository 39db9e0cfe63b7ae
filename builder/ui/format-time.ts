const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `<1 ms`, `840 ms`, `3.2 s`, `1 min 12 s`, `2 h 5 min`, `3 d 4 h`: two units at most, so that a column can be read. */
export function formatDuration(ms: number): string {
  const rounded = Math.max(0, Math.round(ms));
  if (rounded === 0) return "<1 ms";
  if (rounded < second) return `${rounded} ms`;
  if (rounded < 9_950) return `${(rounded / second).toFixed(1)} s`;
  if (rounded < minute - 500) return `${Math.round(rounded / second)} s`;
  if (rounded < hour) return pair(rounded, minute, "min", second, "s");
  if (rounded < day) return pair(rounded, hour, "h", minute, "min");
  return pair(rounded, day, "d", hour, "h");
}

function pair(ms: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const smalls = Math.round(ms / small);
  const perLarge = large / small;
  const rest = smalls % perLarge;
  const head = `${Math.floor(smalls / perLarge)} ${largeUnit}`;
  return rest === 0 ? head : `${head} ${rest} ${smallUnit}`;
}

/** `just now`, `in 12 s`, `5 min ago`, `yesterday`, `12 Mar`: how far `at` is from `now`. */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  const ahead = at > now;
  const say = (count: number, unit: string) => (ahead ? `in ${count} ${unit}` : `${count} ${unit} ago`);
  if (distance < 5 * second && !ahead) return "just now";
  if (distance < minute) return say(Math.max(1, Math.floor(distance / second)), "s");
  if (distance < hour) return say(Math.floor(distance / minute), "min");
  // What lasts seven days is "in 7 d" for its first hours, not "in 6 d" from its first second.
  const whole = ahead ? Math.round : Math.floor;
  if (distance < day) return say(whole(distance / hour), "h");
  if (distance < 7 * day) return say(whole(distance / day), "d");
  return dayFormat(at, now).format(at);
}

function dayFormat(at: number, now: number): Intl.DateTimeFormat {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return sameYear ? dayAndMonth : dayMonthYear;
}

const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayMonthYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const clockSeconds = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const clockHour = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** With date, seconds and time zone. */
export function formatExact(at: number): string {
  return exact.format(at);
}

/** `14:03:27` */
export function formatClock(at: number): string {
  return clockSeconds.format(at);
}

/** `14:00` */
export function formatHour(at: number): string {
  return clockHour.format(at);
}
