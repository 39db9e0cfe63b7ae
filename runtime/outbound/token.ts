import { isUnavailable } from "../../shared/app-error.ts";
import type { TokenExchange } from "../../shared/connector/auth-scheme.ts";
import type { OAuth2 } from "../../shared/connector/oauth2.ts";
import { parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { NewToken, NoToken, StoredToken, TokenStore } from "../connections/token-store.ts";
import type { Lease } from "../store/lease.ts";
import { fillCredentials } from "./fill-credentials.ts";
import { exchangedLifeMs, refreshAt } from "./token-life.ts";

/** Whose token it is. */
type TokenOwner = {
  connection: string;
  /** Base URL of the API: a token is never shown to another one, e.g. when a connection moves from the sandbox to the real API. */
  audience: string;
  credentials: Record<string, string>;
  /** Tokens from before are not its own: a person has signed in again since. */
  since?: number;
};

/** What a token is asked for: the scheme and the filled-in credentials of one connection. */
export type ExchangeRequest = TokenOwner & {
  scheme: TokenExchange;
  /** Sends the exchange with this body. A successful answer comes unredacted, and must go no further than the token in it. */
  exchange(body: Json): Promise<ExchangeResult>;
};
export type GrantRequest = TokenOwner & {
  scheme: OAuth2;
  /** Asks the provider for a token, by what it granted before. */
  grant(row: StoredToken | NoToken | null): Promise<GrantResult>;
};
export type TokenRequest = ExchangeRequest | GrantRequest;
export type ExchangeResult =
  | { exchanged: "answered"; status: number; body: Json }
  | { exchanged: "failed"; outcome: FailedOutcome };
/**
 * `refused`: what was granted is no good any more. `nobody`: there is nothing to ask with, a person has to sign in. `failed`: `definite`
 * when the provider has said no in its own words.
 */
export type GrantResult =
  | { granted: "token"; token: NewToken }
  | { granted: "refused"; message: string; status: number }
  | { granted: "nobody" }
  | { granted: "failed"; outcome: FailedOutcome; definite: boolean };
export type FailedOutcome = Exclude<CallOutcome, { outcome: "succeeded" }>;

/** `failed`: the exchange's own outcome says why there is no token; it holds no secret. */
export type TokenResult = { result: "token"; token: string } | { result: "failed"; outcome: FailedOutcome };

export type Tokens = {
  /** The token in memory when it is fresh, without any read. */
  cached(request: TokenOwner): string | null;
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

type Flight = { owner: TokenOwner; result: Promise<TokenResult> };
type Remembered = { token: string; refreshAt: number; owner: TokenOwner };

/** A lease outlives the longest exchange; a holder that died is replaced after it. */
const leaseMs = 30_000;
/** Waits between looks at a lease held by another process; together a little over the lease's life. */
const waitsMs = [50, 100, 200, 400, 800, ...Array.from({ length: 20 }, () => 1_500)];

/** Exchanges credentials for tokens, at most once at a time per connection in all processes. */
export function createTokens(deps: Deps): Tokens {
  const memory = new Map<string, Remembered>();
  const flights = new Map<string, Flight>();

  function cached(owner: TokenOwner): string | null {
    const entry = memory.get(owner.connection);
    if (!entry || !sameOwner(entry.owner, owner)) return null;
    return deps.clock() < entry.refreshAt ? entry.token : null;
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
    // Other credentials by now: what comes of the old ones is not theirs.
    if (open && sameOwner(open.owner, request)) return open.result;
    const flight: Flight = { owner: request, result: obtainAndRemember(request, used).finally(() => land(key, flight)) };
    flights.set(key, flight);
    return flight.result;
  }

  function land(key: string, flight: Flight): void {
    if (flights.get(key) === flight) flights.delete(key);
  }

  async function obtainAndRemember(request: TokenRequest, used: string | null): Promise<TokenResult> {
    const { result, lasting } = await obtain(deps, request, used);
    if (lasting) {
      const { connection, audience, credentials, since } = request;
      const owner = { connection, audience, credentials, ...(since !== undefined && { since }) };
      memory.set(connection, { token: lasting.token, refreshAt: lasting.refreshAt, owner });
    }
    return result;
  }

  return { cached, current, renew };
}

/** `lasting`: the token may be remembered until its refresh. */
type Obtained = { result: TokenResult; lasting: { token: string; refreshAt: number } | null };

/** Takes the stored token, or asks for one under the lease; while another holds it, waits and looks again. */
async function obtain(deps: Deps, request: TokenRequest, used: string | null): Promise<Obtained> {
  for (const waitMs of waitsMs) {
    const { row, fresh } = await look(deps, request, used);
    if (fresh) return fresh;
    const paused = pauseOf(deps, row, used);
    if (paused) return paused;
    const held = await deps.lease.take(`token:${request.connection}`, leaseMs);
    if (held) {
      try {
        return await askHolding(deps, request, used);
      } finally {
        await held.release();
      }
    }
    await deps.wait(waitMs);
  }
  return unreachable("another process has held the token exchange for too long");
}

type Look = { row: StoredToken | NoToken | null; fresh: Obtained | null };

/** Reads the store; `fresh` when its token will do. */
async function look({ store, clock }: Deps, request: TokenRequest, used: string | null): Promise<Look> {
  const row = await store.read(request.connection);
  if (!row || row.token === null || row.token === used) return { row, fresh: null };
  const due = refreshAt(row.expiresAt, lifeOf(request, row));
  return { row, fresh: clock() < due ? taken(row.token, due) : null };
}

function lifeOf(request: TokenRequest, { token, grant }: { token: string; grant?: NewToken["grant"] | null }): number | null {
  return "exchange" in request ? exchangedLifeMs(token, request.scheme) : (grant?.lifeMs ?? null);
}

/** While the token endpoint is left in peace: the old token as long as it lasts, else the wait for the end of the pause. */
function pauseOf({ clock }: Deps, row: Look["row"], used: string | null): Obtained | null {
  const waitMs = (row?.coolingUntil ?? 0) - clock();
  if (waitMs <= 0) return null;
  const old = row && lastingToken(row, used, clock());
  return old ?? unreachable("the token endpoint fails for the moment: nothing was sent", waitMs);
}

/** Inside the margin the old token still serves, so a passing fault of the token endpoint stops nothing. */
function lastingToken(row: StoredToken | NoToken, used: string | null, now: number): Obtained | null {
  const serves = row.token !== null && row.token !== used && now < row.expiresAt;
  return serves ? { result: { result: "token", token: row.token }, lasting: null } : null;
}

async function askHolding(deps: Deps, request: TokenRequest, used: string | null): Promise<Obtained> {
  // Another process may have finished between the look before and the lease.
  const { row, fresh } = await look(deps, request, used);
  if (fresh) return fresh;
  return "exchange" in request
    ? exchangeHolding(deps, { request, row, used })
    : (pauseOf(deps, row, used) ?? grantHolding(deps, { request, row, used }));
}

type Holding<R> = { request: R; row: Look["row"]; used: string | null };

async function exchangeHolding(deps: Deps, { request, row, used }: Holding<ExchangeRequest>): Promise<Obtained> {
  const { store, clock } = deps;
  const { scheme, credentials, connection } = request;
  const exchanged = await request.exchange(fillCredentials(scheme.request.body, credentials));
  if (exchanged.exchanged === "failed") {
    const old = row && isPassing(exchanged.outcome) ? lastingToken(row, used, clock()) : null;
    return old ?? failed(exchanged.outcome);
  }
  const token = tokenIn(exchanged.body, scheme);
  if (token === null) {
    const message = `the token exchange's answer has no text at "${scheme.tokenPath}"`;
    // The body is left out: it may hold a token elsewhere.
    return failed({ outcome: "unauthorized", message, status: exchanged.status, headers: {}, body: null, durationMs: 0 });
  }
  const life = exchangedLifeMs(token, scheme);
  const issued = { token, expiresAt: clock() + life };
  const saved = await store.save(connection, issued, row?.version ?? 0);
  // A lost swap means that another token was stored meanwhile: then that one counts, so that all processes use the same.
  const newer = saved ? null : (await look(deps, request, used)).fresh;
  return newer ?? taken(token, refreshAt(issued.expiresAt, life));
}

/** How long a token endpoint that failed is left in peace. */
const coolingMs = 30_000;
/** Together within the lease, after the longest answer. */
const savingMs = [100, 300, 600, 1_000, 2_000, 3_000];

async function grantHolding(deps: Deps, { request, row, used }: Holding<GrantRequest>): Promise<Obtained> {
  const { store, clock } = deps;
  const { connection } = request;
  const version = row?.version ?? 0;
  const got = await request.grant(row);
  switch (got.granted) {
    case "token": {
      const { token, expiresAt, grant } = got.token;
      // The next refresh token is on disk before this token is used.
      if (await saveSurely(deps, request, got.token, version)) return taken(token, refreshAt(expiresAt, grant?.lifeMs ?? null));
      return newerOf(deps, request, used);
    }
    case "refused":
      // Another process may hold the newer grant: then this answer says nothing of it.
      if (await store.giveUp(connection, got.message, version)) return signInAgain(got.message);
      return newerOf(deps, request, used);
    case "nobody": {
      const ended = row !== null && row.token !== null && clock() >= row.expiresAt;
      if (ended) await store.giveUp(connection, "the authorization has ended, and cannot be renewed without a person", version);
      return signInAgain("nobody has signed in");
    }
    case "failed": {
      const { outcome, definite } = got;
      if (outcome.outcome === "blocked" || outcome.outcome === "canceled") return failed(outcome);
      const asked = "retryAfterMs" in outcome ? (outcome.retryAfterMs ?? 0) : 0;
      const pauseMs = Math.min(Math.max(coolingMs, asked), 3_600_000);
      await store.cool(connection, clock() + pauseMs, outcome.message);
      const old = row && lastingToken(row, used, clock());
      return old ?? (definite ? failed(outcome) : unreachable(outcome.message, pauseMs));
    }
  }
}

/**
 * A refresh token that is good for one use is gone with the answer that replaced it, so a database that does not answer for a moment
 * is waited for. When a write had come through after all, the next finds another version.
 */
async function saveSurely(deps: Deps, { connection }: GrantRequest, token: NewToken, version: number): Promise<boolean> {
  for (const waitMs of savingMs) {
    try {
      return await deps.store.save(connection, token, version);
    } catch (fault) {
      if (!isUnavailable(fault)) throw fault;
      await deps.wait(waitMs);
    }
  }
  return deps.store.save(connection, token, version);
}

async function newerOf(deps: Deps, request: GrantRequest, used: string | null): Promise<Obtained> {
  const { fresh } = await look(deps, request, used);
  return fresh ?? unreachable("the connection was changed while a token was asked for: nothing was sent");
}

function signInAgain(why: string): Obtained {
  const message = `a person has to authorize this connection: ${why}`;
  return failed({ outcome: "blocked", reason: "authorization", message, durationMs: 0 });
}

function taken(token: string, due: number): Obtained {
  return { result: { result: "token", token }, lasting: { token, refreshAt: due } };
}

function failed(outcome: FailedOutcome): Obtained {
  return { result: { result: "failed", outcome }, lasting: null };
}

function unreachable(message: string, retryAfterMs?: number): Obtained {
  return failed({ outcome: "unreachable", message, durationMs: 0, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

function tokenIn(body: Json, scheme: TokenExchange): string | null {
  const path = parsePath(scheme.tokenPath);
  const token = path && readPath(body, path);
  return typeof token === "string" && token !== "" ? token : null;
}

/** Faults of the moment: the credentials themselves were not judged. */
function isPassing(outcome: FailedOutcome): boolean {
  return ["unreachable", "interrupted", "timed-out", "server-error", "rate-limited", "over-quota"].includes(outcome.outcome);
}

function sameOwner(a: TokenOwner, b: TokenOwner): boolean {
  if (a.audience !== b.audience || a.since !== b.since) return false;
  if (a.credentials === b.credentials) return true;
  const keys = Object.keys(a.credentials);
  return keys.length === Object.keys(b.credentials).length && keys.every((key) => a.credentials[key] === b.credentials[key]);
}
