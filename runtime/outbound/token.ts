import type { TokenExchange } from "../../shared/connector/auth-scheme.ts";
import { parsePath, parseTemplate, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { NoToken, StoredToken, TokenStore } from "../connections/token-store.ts";
import type { Lease } from "../store/lease.ts";

/** What a token is asked for: the scheme and the filled-in credentials of one connection. */
export type TokenRequest = {
  connection: string;
  /** Base URL of the API: a token is never shown to another one, e.g. when a connection moves from the sandbox to the real API. */
  audience: string;
  scheme: TokenExchange;
  credentials: Record<string, string>;
  /** Sends the exchange with this body. A successful answer comes unredacted, and must go no further than the token in it. */
  exchange(body: Json): Promise<ExchangeResult>;
};
type TokenOwner = Pick<TokenRequest, "connection" | "audience" | "credentials">;
export type ExchangeResult =
  | { exchanged: "answered"; status: number; body: Json }
  | { exchanged: "failed"; outcome: FailedOutcome };
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
      const { connection, audience, credentials, scheme } = request;
      const owner = { connection, audience, credentials };
      memory.set(connection, { token: lasting.token, refreshAt: refreshAt(lasting, scheme), owner });
    }
    return result;
  }

  return { cached, current, renew };
}

/** `lasting`: the token may be remembered until its refresh. */
type Obtained = { result: TokenResult; lasting: { token: string; expiresAt: number } | null };

/** Takes the stored token, or exchanges under the lease; while another holds it, waits and looks again. */
async function obtain(deps: Deps, request: TokenRequest, used: string | null): Promise<Obtained> {
  for (const waitMs of waitsMs) {
    const { fresh } = await look(deps, request, used);
    if (fresh) return fresh;
    const held = await deps.lease.take(`token:${request.connection}`, leaseMs);
    if (held) {
      try {
        return await exchangeHolding(deps, request, used);
      } finally {
        await held.release();
      }
    }
    await deps.wait(waitMs);
  }
  return failed({ outcome: "unreachable", message: "another process has held the token exchange for too long", durationMs: 0 });
}

type Look = { row: StoredToken | NoToken | null; fresh: Obtained | null };

/** Reads the store; `fresh` when its token will do. */
async function look({ store, clock }: Deps, { connection, scheme }: TokenRequest, used: string | null): Promise<Look> {
  const row = await store.read(connection);
  if (!row || row.token === null || row.token === used || clock() >= refreshAt(row, scheme)) return { row, fresh: null };
  return { row, fresh: { result: { result: "token", token: row.token }, lasting: row } };
}

async function exchangeHolding(deps: Deps, request: TokenRequest, used: string | null): Promise<Obtained> {
  const { store, clock } = deps;
  // Another process may have finished between the look before and the lease.
  const { row, fresh } = await look(deps, request, used);
  if (fresh) return fresh;
  const exchanged = await request.exchange(fill(request.scheme.request.body, request.credentials));
  if (exchanged.exchanged === "failed") {
    // Inside the margin the old token still serves, so a passing fault of the token endpoint stops nothing.
    if (row && row.token !== null && row.token !== used && clock() < row.expiresAt && isPassing(exchanged.outcome))
      return { result: { result: "token", token: row.token }, lasting: null };
    return failed(exchanged.outcome);
  }
  const token = tokenIn(exchanged.body, request.scheme);
  if (token === null) {
    const message = `the token exchange's answer has no text at "${request.scheme.tokenPath}"`;
    // The body is left out: it may hold a token elsewhere.
    return failed({ outcome: "unauthorized", message, status: exchanged.status, headers: {}, body: null, durationMs: 0 });
  }
  const issued = { token, expiresAt: clock() + lifeOf(token, request.scheme) };
  const saved = await store.save(request.connection, issued, row?.version ?? 0);
  // A lost swap means that another token was stored meanwhile: then that one counts, so that all processes use the same.
  const newer = saved ? null : (await look(deps, request, used)).fresh;
  return newer ?? { result: { result: "token", token }, lasting: issued };
}

function failed(outcome: FailedOutcome): Obtained {
  return { result: { result: "failed", outcome }, lasting: null };
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
  return ["unreachable", "interrupted", "timed-out", "server-error", "rate-limited", "over-quota"].includes(outcome.outcome);
}

/** Fills `{{credentials.<key>}}` in, in strings at any depth. */
function fill(value: Json, credentials: Record<string, string>): Json {
  if (typeof value === "string") {
    const template = parseTemplate(value);
    if ("problem" in template || template.jsonata !== undefined) return value;
    return template.parts
      .map((part) => ("text" in part ? part.text : String(readPath({ credentials }, part.path) ?? "")))
      .join("");
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => fill(item, credentials));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, credentials)]));
}

function sameOwner(a: TokenOwner, b: TokenOwner): boolean {
  if (a.audience !== b.audience) return false;
  if (a.credentials === b.credentials) return true;
  const keys = Object.keys(a.credentials);
  return keys.length === Object.keys(b.credentials).length && keys.every((key) => a.credentials[key] === b.credentials[key]);
}
