import type { Lease } from "../lease.ts";

/** Leases of one process. */
export function createMemoryLease(clock: () => number): Lease {
  const held = new Map<string, { until: number }>();
  return {
    async take(key, ttlMs) {
      const now = clock();
      const current = held.get(key);
      if (current && current.until > now) return null;
      const mine = { until: now + ttlMs };
      held.set(key, mine);
      return {
        async release() {
          if (held.get(key) === mine) held.delete(key);
        },
      };
    },
  };
}
