import { randomBytes } from "node:crypto";

export type Clock = () => number;
export type Ids = { next(prefix: string): string };

/** UUIDv7 (RFC 9562, 5.7) as 32 hex digits behind a type prefix: ordered by time, also within one millisecond and if the clock steps back. */
export function createIds(clock: Clock): Ids {
  const pool = { bytes: randomBytes(4096), used: 0 };
  let last = 0;
  let counter = 0;
  return {
    next(prefix) {
      const now = clock();
      if (now > last) {
        last = now;
        counter = 0;
      } else if (++counter > 0xfff) {
        last += 1;
        counter = 0;
      }
      if (pool.used + 8 > pool.bytes.length) {
        pool.bytes = randomBytes(4096);
        pool.used = 0;
      }
      const tail = pool.bytes.toString("hex", pool.used, pool.used + 8);
      pool.used += 8;
      const variant = "89ab"[Number.parseInt(tail.charAt(0), 16) & 3];
      return `${prefix}_${last.toString(16).padStart(12, "0")}7${counter.toString(16).padStart(3, "0")}${variant}${tail.slice(1)}`;
    },
  };
}

/** Every id of this kind that was made before `at` (ms) comes before it. */
export function firstIdAt(prefix: string, at: number): string {
  return `${prefix}_${Math.max(0, at).toString(16).padStart(12, "0")}`;
}

/** An unguessable name for a URL: 160 random bits, base64url. */
export function randomName(prefix: string): string {
  return `${prefix}_${randomBytes(20).toString("base64url")}`;
}
