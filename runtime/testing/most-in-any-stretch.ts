/** The most times in any stretch of `perMs`. */
export function mostInAnyStretch(times: number[], perMs: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [index, time] of sorted.entries()) {
    while (time - (sorted[first] ?? time) >= perMs) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
