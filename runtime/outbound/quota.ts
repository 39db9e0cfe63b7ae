import { createHash } from "node:crypto";
import type { AuthScheme } from "../../shared/connector/auth-scheme.ts";
import type { RateLimit } from "../../shared/connector/rate-limit.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import type { Governor } from "../store/governor.ts";
import { accountOf } from "./account-of.ts";
import { usedUpMs } from "./used-up.ts";

/** Waits `ms` milliseconds, or until the signal is aborted. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** A place that was taken, `at` which the call is to be sent. Whoever is held up takes another after `goodUntil`. */
export type Permit = { at: number; goodUntil: number };

/** `not-before`: nothing was reserved, a place can be had in `waitMs`. */
export type Passed = { passed: "yes"; permit: Permit } | { passed: "not-before"; waitMs: number } | { passed: "canceled" };

/** A call that is to be counted. `limit`: null when nothing limits it; `origin`: of the API that counts it. */
export type Counted = {
  limit: RateLimit | null;
  origin: string;
  auth: AuthScheme;
  connection: LoadedConnection | null;
  /** For whom the call is made. */
  flow?: string;
};
type Caller = Pick<Counted, "origin" | "auth" | "connection">;

type Deps = { governor: Governor; clock: () => number; wait: Wait };
export type Quota = {
  /** Takes a place at most `atMostMs` away, and waits until so long before it that an intent can be written. */
  admit(counted: Counted, options: { atMostMs: number; signal: AbortSignal }): Promise<Passed>;
  /** Takes a place at most `atMostMs` away and waits for it. With a permit that is still good, waits for its moment. */
  pass(counted: Counted, options: { atMostMs: number; signal: AbortSignal; permit?: Permit | undefined }): Promise<Passed>;
  /** Takes account of an answer that says that nothing is left of a limit: `admit` lets no call of the account pass before its reset. */
  heed(caller: Caller, headers: Record<string, string>): void;
};

/** How long the write of an intent may take: usually, and at all. */
const intentMs = { usual: 15, most: 100 };

/** Lets calls through as the limits of their API allow, those of all connections of one account together. */
export function createQuota({ governor, clock, wait }: Deps): Quota {
  async function takePlace(counted: Counted, limit: RateLimit, atMostMs: number): Promise<Passed> {
    const { flow } = counted;
    const asked = { key: keyOf(counted, limit.group), windows: limit.windows, atMostMs, ...(flow !== undefined && { flow }) };
    const place = await governor.take(asked);
    if (place.place === "not-before") return { passed: "not-before", waitMs: place.waitMs };
    const at = clock() + place.waitMs;
    return { passed: "yes", permit: { at, goodUntil: at + intentMs.most } };
  }

  async function waitUntil(at: number, signal: AbortSignal): Promise<void> {
    const ms = Math.ceil(at - clock());
    if (ms > 0) await wait(ms, signal);
  }

  return {
    async admit(counted, { atMostMs, signal }) {
      const { limit } = counted;
      const pauseMs = await governor.pausedMs(keyOf(counted));
      if (pauseMs > atMostMs) return { passed: "not-before", waitMs: pauseMs };
      await waitUntil(clock() + pauseMs, signal);
      if (limit === null) return signal.aborted ? { passed: "canceled" } : { passed: "yes", permit: unlimited };
      const taken = await takePlace(counted, limit, atMostMs);
      if (taken.passed === "yes") await waitUntil(taken.permit.at - intentMs.usual, signal);
      return signal.aborted ? { passed: "canceled" } : taken;
    },
    async pass(counted, { atMostMs, signal, permit }) {
      const { limit } = counted;
      if (limit === null) return { passed: "yes", permit: unlimited };
      const good = permit !== undefined && clock() <= permit.goodUntil;
      const taken: Passed = good ? { passed: "yes", permit: { ...permit } } : await takePlace(counted, limit, atMostMs);
      // It is good for one request.
      if (permit) permit.goodUntil = Number.NEGATIVE_INFINITY;
      if (taken.passed === "yes") await waitUntil(taken.permit.at, signal);
      return signal.aborted ? { passed: "canceled" } : taken;
    },
    heed(caller, headers) {
      const ms = usedUpMs(headers, clock());
      if (ms !== null) void governor.pause(keyOf(caller), ms);
    },
  };
}

const unlimited: Permit = { at: 0, goodUntil: 0 };

/** Where workspaces share an account, they share its limits, of all its endpoints or of a group. A hash, since names of accounts are nobody else's business. */
function keyOf({ origin, auth, connection }: Caller, group?: string): string {
  const account = accountOf(auth, connection);
  return createHash("sha256")
    .update(JSON.stringify([origin, account, group ?? null]))
    .digest("base64url");
}

/** What a call comes to that was not let through; null for one that was. */
export function refusalOf(passed: Passed, { limit }: Pick<Counted, "limit">): NotSent | null {
  switch (passed.passed) {
    case "yes":
      return null;
    case "canceled":
      return { outcome: "canceled", message: "the call was canceled", durationMs: 0 };
    case "not-before": {
      const seconds = Math.ceil(passed.waitMs / 1_000);
      const words = limit === null ? "" : ` (${limitWords(limit)})`;
      const message = `nothing was sent: the account's limit${words} is used up for the next ${seconds} s`;
      return { outcome: "over-quota", message, retryAfterMs: Math.ceil(passed.waitMs), durationMs: 0 };
    }
  }
}
type NotSent = Extract<CallOutcome, { outcome: "canceled" | "over-quota" }>;

/** The limit that a call of an endpoint counts in, for people. */
export function limitWords({ windows }: RateLimit): string {
  return windows
    .map(({ limit, perMs }) => `${limit} per ${perMs % 1_000 === 0 ? `${perMs / 1_000} s` : `${perMs} ms`}`)
    .join(", ");
}
