import { AppError } from "../../shared/app-error.ts";
import type { Clock } from "../ids.ts";

export type SignInLimiter = {
  /**
   * Counts a try before it is made; `email` is null where a token is tried. Throws `rate_limited` with `details.retryAfterMs` when
   * there were too many; such a try is not counted.
   */
  begin(email: string | null, address: string): void;
  /** The try was right, so it does not count. */
  succeeded(email: string | null, address: string): void;
};

const windowMs = 600_000;
/** More for an address than for an account: behind a proxy all people share one. */
const limits = { email: 10, address: 50 };
const maxKeys = 20_000;

type Count = { since: number; tries: number };

/** Slows down guessing: per account and per address, in windows of 10 minutes. In memory, so each API node counts for itself. */
export function createSignInLimiter(clock: Clock): SignInLimiter {
  const counts = new Map<string, Count>();

  function current(key: string): Count {
    const known = counts.get(key);
    if (known && clock() - known.since < windowMs) return known;
    // Added anew, so that the map's order is that of the windows' beginnings.
    counts.delete(key);
    const fresh = { since: clock(), tries: 0 };
    counts.set(key, fresh);
    for (const oldest of counts.keys()) {
      if (counts.size <= maxKeys) break;
      counts.delete(oldest);
    }
    return fresh;
  }

  function countsOf(email: string | null, address: string): { count: Count; limit: number }[] {
    const byAddress = { count: current(`address ${address}`), limit: limits.address };
    return email === null ? [byAddress] : [{ count: current(`email ${email}`), limit: limits.email }, byAddress];
  }

  return {
    begin(email, address) {
      const keys = countsOf(email, address);
      const full = keys.find(({ count, limit }) => count.tries >= limit);
      if (full) {
        const retryAfterMs = full.count.since + windowMs - clock();
        const minutes = Math.ceil(retryAfterMs / 60_000);
        const wait = minutes === 1 ? "a minute" : `${minutes} minutes`;
        throw new AppError("rate_limited", `too many failed ${email === null ? "tries" : "sign-ins"}: try again in ${wait}`, {
          details: { retryAfterMs },
        });
      }
      for (const { count } of keys) count.tries += 1;
    },
    succeeded(email, address) {
      for (const { count } of countsOf(email, address)) count.tries = Math.max(0, count.tries - 1);
    },
  };
}
