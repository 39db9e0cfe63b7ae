import { createHash } from "node:crypto";
import { type AuthScheme, credentialFields } from "../../shared/connector/auth-scheme.ts";
import type { RateLimit } from "../../shared/connector/rate-limit.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import type { Governor } from "../store/governor.ts";

/** Waits `ms` milliseconds, or until the signal is aborted. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** A place that was taken, and that the call has waited for. Whoever is held up between it and the sending takes another. */
export type Permit = { goodUntil: number };

/** `not-before`: nothing was reserved, a place can be had in `waitMs`. */
export type Passed = { passed: "yes"; permit: Permit } | { passed: "not-before"; waitMs: number } | { passed: "canceled" };

/** A call that is to be counted. `limit`: null when nothing limits it; `origin`: of the API that counts it. */
export type Counted = {
  limit: RateLimit | null;
  origin: string;
  auth: AuthScheme;
  connection: LoadedConnection | null;
};

type Deps = { governor: Governor; clock: () => number; wait: Wait };
export type Quota = {
  /** May the call be sent with this permit? It is good once; an unlimited call needs none. */
  spend(counted: Counted, permit: Permit | undefined): boolean;
  /** Takes a place at most `atMostMs` away and waits for it. */
  pass(counted: Counted, options: { atMostMs: number; signal: AbortSignal }): Promise<Passed>;
};

/** What may lie between a place and the sending of its call: the write of an intent, no more. */
const permitMs = 100;

/** Lets calls through as the limits of their API allow, those of all connections of one account together. */
export function createQuota({ governor, clock, wait }: Deps): Quota {
  return {
    spend({ limit }, permit) {
      const good = permit !== undefined && clock() <= permit.goodUntil;
      if (permit) permit.goodUntil = Number.NEGATIVE_INFINITY;
      return limit === null || good;
    },
    async pass(counted, { atMostMs, signal }) {
      const { limit } = counted;
      if (limit !== null) {
        const place = await governor.take({ key: keyOf(counted, limit), windows: limit.windows, atMostMs });
        if (place.place === "not-before") return { passed: "not-before", waitMs: place.waitMs };
        if (place.waitMs > 0) await wait(Math.ceil(place.waitMs), signal);
      }
      return signal.aborted ? { passed: "canceled" } : { passed: "yes", permit: { goodUntil: clock() + permitMs } };
    },
  };
}

/** Where workspaces share an account, they share its limits. A hash, since names of accounts are nobody else's business. */
function keyOf({ origin, auth, connection }: Counted, { group }: RateLimit): string {
  const account = connection === null ? null : accountOf(auth, connection);
  return createHash("sha256")
    .update(JSON.stringify([origin, account, group ?? null]))
    .digest("base64url");
}

/** The identity that the API gave, else the client id or user name, else the connection alone. */
function accountOf(auth: AuthScheme, { account, credentials, id }: LoadedConnection): string[] {
  if (account !== null) return ["account", account];
  const name = credentialFields(auth).find(({ key, secret }) => !secret && (key === "clientId" || key === "username"));
  const value = name && credentials[name.key];
  return value ? ["name", value] : ["connection", id];
}

/** The limit that a call of an endpoint counts in, for people. */
export function limitWords({ windows }: RateLimit): string {
  return windows
    .map(({ limit, perMs }) => `${limit} per ${perMs % 1_000 === 0 ? `${perMs / 1_000} s` : `${perMs} ms`}`)
    .join(", ");
}
