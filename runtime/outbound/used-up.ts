import type { AuthScheme } from "../../shared/connector/auth-scheme.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import { accountOf } from "./account-of.ts";
import { resetMs } from "./retry-after.ts";

type Caller = { origin: string; auth: AuthScheme; connection: LoadedConnection | null };

/** No pause is longer: who says so says it again after it. */
const longestMs = 3_600_000;
const mostKnown = 10_000;

/**
 * Accounts whose API has said that nothing is left of a limit until its reset (`X-RateLimit-Remaining: 0`). Known to this process: another
 * one hears it from the API with its own next call.
 */
export function createUsedUp(clock: () => number) {
  const until = new Map<string, number>();
  const keyOf = ({ origin, auth, connection }: Caller) => JSON.stringify([origin, accountOf(auth, connection)]);
  return {
    note(caller: Caller, headers: Record<string, string>): void {
      const left = headers["x-ratelimit-remaining"] ?? headers["x-rate-limit-remaining"] ?? headers["ratelimit-remaining"];
      if (left?.trim() !== "0") return;
      const ms = resetMs(headers, clock());
      if (ms === null || ms <= 0) return;
      if (until.size >= mostKnown) until.clear();
      until.set(keyOf(caller), clock() + Math.min(longestMs, ms));
    },
    /** For how long a call of the account is held back, in milliseconds. */
    pauseMs(caller: Caller): number {
      if (until.size === 0) return 0;
      const key = keyOf(caller);
      const ms = (until.get(key) ?? 0) - clock();
      if (ms <= 0) until.delete(key);
      return Math.max(0, ms);
    },
  };
}
