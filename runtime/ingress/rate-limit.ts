import type { Clock } from "../ids.ts";

export type RateLimit = {
  /** Counts one more of `key`; false when there were too many in the window. */
  take(key: string): boolean;
};

const mostKeys = 10_000;

/** At most `most` of each key in a window of `windowMs`. In this process's memory, bounded: beyond that the oldest keys are forgotten. */
export function createRateLimit(clock: Clock, { most, windowMs }: { most: number; windowMs: number }): RateLimit {
  const counts = new Map<string, { since: number; taken: number }>();
  return {
    take(key) {
      const now = clock();
      const known = counts.get(key);
      if (known && now - known.since < windowMs && now >= known.since) {
        known.taken += 1;
        return known.taken <= most;
      }
      counts.delete(key);
      counts.set(key, { since: now, taken: 1 });
      for (const oldest of counts.keys()) {
        if (counts.size <= mostKeys) break;
        counts.delete(oldest);
      }
      return true;
    },
  };
}
