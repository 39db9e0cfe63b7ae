import type { TokenExchange } from "../../shared/connector/auth-scheme.ts";
import { parsePath, parseTemplate, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { Lease } from "../store/lease.ts";

/** A token as it is stored; `expiresAt` in milliseconds. `version` is what a later save must name. */
export type StoredToken = { token: string; expiresAt: number; version: number };

/** Where tokens live between processes and restarts (sealed by the implementation). A connection whose credentials change must lose its token. */
export type TokenStore = {
  read(connection: string): Promise<StoredToken | null>;
  /** Compare and swap: false, and nothing written, unless the stored version is `expectedVersion` (0 when there is none). */
  save(connection: string, token: { token: string; expiresAt: number }, expectedVersion: number): Promise<boolean>;
};

/** What a token is asked for: the scheme and the filled-in credentials of one connection. */
export type TokenRequest = {
  connection: string;
  scheme: TokenExchange;
  credentials: Record<string, string>;
  /** Sends the exchange with this body. A successful answer comes unredacted, and must go no further than the token in it. */
  exchange(body: Json): Promise<ExchangeResult>;
};
export type ExchangeResult =
  | { exchanged: "answered"; status: number; body: Json }
  | { exchanged: "failed"; outcome: FailedOutcome };
export type FailedOutcome = Exclude<CallOutcome, { outcome: "succeeded" }>;

/** `failed`: the exchange's own outcome says why there is no token; it holds no secret. */
export type TokenResult = { result: "token"; token: string } | { result: "failed"; outcome: FailedOutcome };

export type Tokens = {
  /** The token in memory when it is fresh, without any read. */
  cached(request: Pick<TokenRequest, "connection" | "credentials">): string | null;
  /** A usable token: from memory, the store, or a new exchange. Concurrent callers share one exchange. */
  current(request: TokenRequest): Promise<TokenResult>;
  /** After a 401 with `used`: whatever newer token is stored, else one new exchange. */
  renew(request: TokenRequest, used: string): Promise<TokenResult>;
};

type Deps = {
  clock: () => number;
  store: TokenStore;
  lease: Lease;
  /** Waits `ms` milliseconds. */
  wait: (ms: number) => Promise<void>;
};

type Remembered = { token: string; refreshAt: number; credentials: Record<string, string> };

/** A lease outlives the longest exchange; a holder that died is replaced after it. */
const leaseMs = 30_000;
/** Waits between looks at a lease held by another process; together a little over the lease's life. */
const waitsMs = [50, 100, 200, 400, 800, ...Array.from({ length: 20 }, () => 1_500)];

/** Exchanges credentials for tokens, at most once at a time per connection in all processes. */
export function createTokens({ clock, store, lease, wait }: Deps): Tokens {
  const memory = new Map<string, Remembered>();
  const flights = new Map<string, Promise<TokenResult>>();

  function cached({ connection, credentials }: Pick<TokenRequest, "connection" | "credentials">): string | null {
    const entry = memory.get(connection);
    if (!entry || !sameCredentials(entry.credentials, credentials)) return null;
    return clock() < entry.refreshAt ? entry.token : null;
  }

  function current(request: TokenRequest): Promise<TokenResult> {
    const token = cached(request);
    return token === null ? singleFlight(request, null) : Promise.resolve({ result: "token", token });
  }

  function renew(request: TokenRequest, used: string): Promise<TokenResult> {
    const entry = memory.get(request.connection);
    if (entry?.token === used) memory.delete(request.connection);
    return singleFlight(request, used);
  }

  function singleFlight(request: TokenRequest, used: string | null): Promise<TokenResult> {
    // A flight that began with the token that just failed may end with it, so renewals do not share with first reads.
    const key = `${request.connection} ${used ?? ""}`;
    const open = flights.get(key);
    if (open) return open;
    const flight = obtain(request, used).finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  }

  async function obtain(request: TokenRequest, used: string | null): Promise<TokenResult> {
    for (const waitMs of waitsMs) {
      const { fresh } = await look(request, used);
      if (fresh !== null) return { result: "token", token: fresh };
      const held = await lease.take(`token:${request.connection}`, leaseMs);
      if (held) {
        try {
          return await exchangeHolding(request, used);
        } finally {
          await held.release();
        }
      }
      await wait(waitMs);
    }
    const message = "another process has held the token exchange for too long";
    return { result: "failed", outcome: { outcome: "unreachable", message, durationMs: 0 } };
  }

  /** Reads the store; `fresh` is its token when it will do. */
  async function look(request: TokenRequest, used: string | null): Promise<{ stored: StoredToken | null; fresh: string | null }> {
    const stored = await store.read(request.connection);
    if (!stored || stored.token === used || clock() >= refreshAt(stored, request.scheme)) return { stored, fresh: null };
    remember(request, stored);
    return { stored, fresh: stored.token };
  }

  async function exchangeHolding(request: TokenRequest, used: string | null): Promise<TokenResult> {
    // Another process may have finished between the look before and the lease.
    const { stored, fresh } = await look(request, used);
    if (fresh !== null) return { result: "token", token: fresh };
    const result = await request.exchange(fill(request.scheme.request.body, request.credentials));
    if (result.exchanged === "failed") {
      // Inside the margin the old token still serves, so a passing fault of the token endpoint stops nothing.
      if (stored && stored.token !== used && clock() < stored.expiresAt && isPassing(result.outcome))
        return { result: "token", token: stored.token };
      return { result: "failed", outcome: result.outcome };
    }
    const token = tokenIn(result.body, request.scheme);
    if (token === null) {
      const message = `the token exchange's answer has no text at "${request.scheme.tokenPath}"`;
      // The body is left out: it may hold a token elsewhere.
      const answer = { status: result.status, headers: {}, body: null, durationMs: 0 };
      return { result: "failed", outcome: { outcome: "unauthorized", message, ...answer } };
    }
    const issued = { token, expiresAt: clock() + lifeOf(token, request.scheme) };
    // When the swap is lost a newer token is stored; ours is valid too, and serves this call without being remembered.
    if (await store.save(request.connection, issued, stored?.version ?? 0)) remember(request, issued);
    return { result: "token", token };
  }

  function remember({ connection, scheme, credentials }: TokenRequest, issued: { token: string; expiresAt: number }): void {
    memory.set(connection, { token: issued.token, refreshAt: refreshAt(issued, scheme), credentials });
  }

  return { cached, current, renew };
}

/** Refreshes 5 % of its life before the end, at least a minute, never more than half of its life. */
function refreshAt({ token, expiresAt }: { token: string; expiresAt: number }, scheme: TokenExchange): number {
  const life = lifeOf(token, scheme);
  return expiresAt - Math.min(life / 2, Math.max(60_000, life * 0.05));
}

/** The declared life, or less when the token is a JWT that says so; its own two times are compared, so no clock needs to agree. */
function lifeOf(token: string, scheme: TokenExchange): number {
  const claims = claimsOf(token);
  const own = claims ? (claims.exp - claims.iat) * 1_000 : Number.POSITIVE_INFINITY;
  return own > 0 ? Math.min(own, scheme.expiresInMs) : scheme.expiresInMs;
}

function claimsOf(token: string): { iat: number; exp: number } | null {
  const [, payload, signature] = token.split(".");
  if (!payload || !signature) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const [iat, exp] = [readPath(claims, ["iat"]), readPath(claims, ["exp"])];
    return typeof iat === "number" && typeof exp === "number" ? { iat, exp } : null;
  } catch {
    // Not a JWT after all: the declared life counts.
    return null;
  }
}

function tokenIn(body: Json, scheme: TokenExchange): string | null {
  const path = parsePath(scheme.tokenPath);
  const token = path && readPath(body, path);
  return typeof token === "string" && token !== "" ? token : null;
}

/** Faults of the moment: the credentials themselves were not judged. */
function isPassing(outcome: FailedOutcome): boolean {
  return ["unreachable", "interrupted", "timed-out", "server-error", "rate-limited"].includes(outcome.outcome);
}

/** Fills `{{credentials.<key>}}` in, in strings at any depth. */
function fill(value: Json, credentials: Record<string, string>): Json {
  if (typeof value === "string") {
    const template = parseTemplate(value);
    if ("problem" in template) return value;
    return template.parts
      .map((part) => ("text" in part ? part.text : String(readPath({ credentials }, part.path) ?? "")))
      .join("");
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => fill(item, credentials));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, credentials)]));
}

function sameCredentials(a: Record<string, string>, b: Record<string, string>): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
