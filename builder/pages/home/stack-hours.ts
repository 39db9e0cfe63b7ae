import type { Overview } from "./counts.tsx";

export type Hour = Overview["hours"][number];
type Part = "succeeded" | "failed" | "other";

/** The number at the top of the axis: the next of 2, 4, 10, 20, 40, 100 … so that its half is a whole number. */
export function chartTop(hours: readonly Hour[]): number {
  const most = Math.max(2, ...hours.map((hour) => hour.succeeded + hour.failed + hour.other));
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 10].map((step) => step * power).find((top) => top >= most && top % 2 === 0) ?? 10 * power;
}

/** The pieces of one bar from the bottom up; a part that is there is at least two units high, or nobody would see one failure. */
export function stack(hour: Hour, top: number, height: number): { part: Part; y: number; height: number }[] {
  const pieces: { part: Part; y: number; height: number }[] = [];
  let bottom = height;
  for (const part of ["succeeded", "other", "failed"] as const) {
    if (hour[part] === 0) continue;
    const piece = Math.max(2, (hour[part] / top) * height);
    bottom -= piece;
    pieces.push({ part, y: bottom, height: piece });
  }
  return pieces;
}
