const levels: Record<number, string> = { 10: "trace", 20: "debug", 30: "info", 40: "warning", 50: "error", 60: "fatal" };

/** A line of a log as somebody at a terminal reads it: what happened and to whom, without the stack. Any other line stays as it is. */
export function readableLine(line: string): string {
  const record = recordIn(line);
  if (record === null) return line;
  const { level, time: _, msg, err, ...rest } = record;
  const about = Object.entries(rest).flatMap(([name, value]) =>
    typeof value === "string" || typeof value === "number" ? [`${name} ${value}`] : [],
  );
  const what = [msg, messageOf(err)].filter((text) => typeof text === "string" && text !== "").join(": ");
  return `${levels[Number(level)] ?? level}: ${what}${about.length > 0 ? ` (${about.join(", ")})` : ""}`;
}

function recordIn(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{"level":')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function messageOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "message" in error ? error.message : undefined;
}
