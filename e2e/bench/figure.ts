/** One line of the benchmark's output; `ratio` is value / baseline. */
export type Figure = {
  case: string;
  unit: string;
  value: number;
  baseline: number | null;
  ratio: number | null;
  p50Ms: number | null;
  p99Ms: number | null;
  [more: string]: unknown;
};

export function ratio(value: number, baseline: number): number {
  return Number((value / baseline).toFixed(3));
}

/** The middle one of a few rounds; NaN of none. */
export function median(values: number[]): number {
  return percentile(values, 0.5);
}

/** `share` from 0 to 1; 1 is the largest. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
}
