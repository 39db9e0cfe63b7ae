import { setTimeout as sleep } from "node:timers/promises";
import type { RequestToSend } from "../../shared/connector/build-request.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { limitOf } from "../../shared/connector/rate-limit.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import { foreignCredentials } from "../connections/credentials-origin.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import type { TokenStore } from "../connections/token-store.ts";
import type { Governor } from "../store/governor.ts";
import type { Lease } from "../store/lease.ts";
import { outcomeOf } from "./answer-outcome.ts";
import { authorize, type Credential, jwtCredential, masked, tokenCredential } from "./authorize.ts";
import { baseUrlOf, missingBaseUrl } from "./base-url.ts";
import type { CallDepth } from "./call-depth.ts";
import { type CallOrigin, createCallOrigins, pathWithin } from "./call-origin.ts";
import { createClient } from "./client.ts";
import { createGuard, type ResolveAll } from "./guard.ts";
import { createQuota, type Passed, type Permit, refusalOf, type Wait } from "./quota.ts";
import { type CodeToRedeem, redeemCode } from "./redeem-code.ts";
import { createSecrets } from "./secrets.ts";
import { createJwtSigner } from "./sign-jwt.ts";
import { createTokens, type FailedOutcome, type TokenRequest, type TokenResult, type Tokens } from "./token.ts";
import {
  exchangeRequest,
  grantRequest,
  type TokenCheck,
  type TokenContext,
  type TokenScheme,
  tokenRequest,
} from "./token-requests.ts";
import { wireMessage } from "./wire-message.ts";

export type CallInput = {
  /** As the journal's intent holds it: without credentials. */
  request: RequestToSend;
  connector: Connector;
  connection: LoadedConnection | null;
  idempotency: { header: string; key: string } | null;
  /** Which of the connector's limits it counts in. */
  limitGroup: string | undefined;
  /** How deep the run would be that the call starts, if it comes back to us; left out: no run makes it. */
  depth?: number;
  /** From `admit`; a call without one waits for its turn itself. */
  permit?: Permit;
  /**
   * Is the call still this process's to make? Asked in the turn in which its first byte leaves, however long connection and token
   * have taken; a promise when that is in doubt, and the call waits for it. Left out: it is.
   */
  isOurs?: () => boolean | Promise<boolean>;
  /** For the whole call, a token exchange included, the wait for its turn not. */
  timeoutMs: number;
  signal: AbortSignal;
};

/** The only way out: authorizes, guards and sends one call, and says what it came to. Never rejects for what an API does. */
export type Outbound = {
  /**
   * Waits for the call's turn among all calls of its account. For a call that is noted down before it is sent: its place is taken
   * before that, and is given up again by whoever is held up.
   */
  admit(input: Admission): Promise<Passed>;
  call(input: CallInput): Promise<CallOutcome>;
  /** The request that `call` would send, with every secret masked; null for one that it would not send. Sends nothing. */
  preview(input: CallInput): SentRequest | null;
  /** Asks for a new token, whatever token there is; null when it was given one. */
  renewToken(input: TokenCheck): Promise<FailedOutcome | null>;
  /** Sees to it that there is a token; null when there is one. */
  holdToken(input: TokenCheck): Promise<FailedOutcome | null>;
  /** Takes what a person who has signed in was given for a token, which from then on is the connection's; null when that was done. */
  redeemCode(input: CodeToRedeem): Promise<FailedOutcome | null>;
  /** Waits for the calls in flight, each of which ends within its own time cap. */
  close(): Promise<void>;
  /** Breaks off the calls in flight, which end as if the connection had been lost. */
  destroy(): Promise<void>;
};

export type Admission = Pick<CallInput, "connector" | "connection" | "limitGroup" | "signal"> & {
  atMostMs: number;
  /** For whom, where several share an account: no flow waits behind all calls of another one. */
  flow?: string;
};
export type SentRequest = { method: string; url: string; headers: Record<string, string>; body: Json };

export type OutboundDeps = {
  clock: () => number;
  /** The operator's `host:port` exceptions of the guard, e.g. the bundled sandbox. */
  allowedHttpHosts: string[];
  /** Base URLs of the sandboxes that this process can reach, by name; read at each call. */
  sandboxes: Record<string, string>;
  tokens: TokenStore;
  lease: Lease;
  governor: Governor;
  /** Left out: nothing is said of a call's depth. */
  callDepth?: CallDepth;
  /** Cap of an answer's body, decoded; 10 MB unless given. */
  maxResponseBytes?: number;
  /** Name resolution and waiting, for tests. */
  resolveAll?: ResolveAll;
  wait?: Wait;
};

type Context = TokenContext & { maxBytes: number; tokens: Tokens; store: TokenStore; callDepth: CallDepth | null };

/** How long a call waits for its turn when nobody has asked before. */
const turnMs = 10_000;

export function createOutbound(deps: OutboundDeps): Outbound {
  const guard = createGuard(deps.allowedHttpHosts, deps.resolveAll);
  const client = createClient(guard);
  const { clock, governor, wait = waitFor } = deps;
  const context: Context = {
    clock,
    sandboxes: deps.sandboxes,
    maxBytes: deps.maxResponseBytes ?? 10 * 1024 * 1024,
    client,
    originOf: createCallOrigins(guard),
    tokens: createTokens({ clock, store: deps.tokens, lease: deps.lease, wait }),
    store: deps.tokens,
    callDepth: deps.callDepth ?? null,
    secrets: createSecrets(),
    quota: createQuota({ governor, clock, wait }),
    signJwt: createJwtSigner(clock),
  };
  return {
    admit: (input) => admit(context, input),
    call: (input) => call(context, input),
    preview: (input) => preview(context, input),
    renewToken: (check) => renewToken(context, check),
    holdToken: (check) => holdToken(context, check),
    redeemCode: (input) => redeemCode(context, input),
    close: client.close,
    destroy: client.destroy,
  };
}

async function waitFor(ms: number, signal?: AbortSignal): Promise<void> {
  // It rejects when it is aborted, and whoever waits looks at the signal.
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/** How long a call has taken; it stands while the call waits for its turn. */
type Watch = { ms(): number; pausedFor<T>(work: Promise<T>): Promise<T> };

function startWatch(clock: () => number): Watch {
  let startedAt = clock();
  return {
    ms: () => clock() - startedAt,
    async pausedFor(work) {
      const pausedAt = clock();
      const result = await work;
      startedAt += clock() - pausedAt;
      return result;
    },
  };
}

/** A call whose destination is known and allowed. */
type PlacedCall = { input: CallInput; watch: Watch; baseUrl: string; origin: CallOrigin; path: string };
type Blocked = { reason: string; message: string };

async function admit(context: Context, admission: Admission): Promise<Passed> {
  const { connector, connection, limitGroup, atMostMs, signal, flow } = admission;
  const { auth } = connector;
  const baseUrl = baseUrlOf(connector, connection, context.sandboxes);
  const { origin } = context.originOf(baseUrl ?? "");
  await context.client.ready();
  const counted = { limit: limitOf(connector.limits, limitGroup), origin, auth, connection, ...(flow !== undefined && { flow }) };
  return context.quota.admit(counted, { atMostMs, signal });
}

async function call(context: Context, input: CallInput): Promise<CallOutcome> {
  const watch = startWatch(context.clock);
  const { connector, connection } = input;
  const blocked = (refusal: Blocked): CallOutcome => ({ outcome: "blocked", ...refusal, durationMs: watch.ms() });
  const placed = place(context, input, watch);
  if ("reason" in placed) return blocked(placed);
  const { auth } = connector;
  if (auth.kind === "none") return sendOnce(context, placed, null);
  if (!connection) return blocked({ reason: "connection", message: `"${connector.name}" needs a connection` });
  if (auth.kind === "token-exchange" || auth.kind === "oauth2")
    return callWithToken(context, placed, { scheme: auth, connection });
  if (auth.kind === "jwt") {
    const signed = await context.signJwt(connection, auth.jwt);
    return "problem" in signed
      ? blocked({ reason: "connection", message: signed.problem })
      : sendOnce(context, placed, jwtCredential(auth, signed.token));
  }
  const authorized = authorize(auth, connection.credentials, input.request);
  return "problem" in authorized
    ? blocked({ reason: "connection", message: authorized.problem })
    : sendOnce(context, placed, authorized);
}

function place(context: Context, input: CallInput, watch: Watch): PlacedCall | Blocked {
  const { connector, connection } = input;
  const baseUrl = baseUrlOf(connector, connection, context.sandboxes);
  if (baseUrl === null) return { reason: "host", message: missingBaseUrl(connector, connection) };
  const origin = context.originOf(baseUrl);
  if (origin.refusal) return origin.refusal;
  const foreign = connection && foreignCredentials(connector, connection, origin.origin);
  if (foreign) return { reason: "credentials", message: foreign };
  const path = pathWithin(input.request.url, origin);
  if (path === null) return { reason: "host", message: `the call would leave ${origin.origin}` };
  return { input, watch, baseUrl, origin, path };
}

function preview(context: Context, input: CallInput): SentRequest | null {
  const placed = place(context, input, startWatch(context.clock));
  if ("reason" in placed) return null;
  const credential = shownCredential(input);
  if (credential && "problem" in credential) return null;
  const message = wireMessage(input, placed.path, credential);
  if ("problem" in message) return null;
  const { connector, connection } = input;
  const redactor = context.secrets.redactorOf(connector, connection, null);
  const headers: Record<string, string> = {};
  for (let at = 0; at < message.headers.length; at += 2)
    headers[message.headers[at] ?? ""] = redactor.text(message.headers[at + 1] ?? "");
  const url = redactor.text(placed.origin.origin + message.path);
  return { method: message.method, url, headers, body: redactor.json(message.body) };
}

function shownCredential({ connector, connection, request }: CallInput): Credential | { problem: string } | null {
  const { auth } = connector;
  if (auth.kind === "none") return null;
  if (!connection) return { problem: "it needs a connection" };
  if (auth.kind === "token-exchange" || auth.kind === "oauth2") return masked(tokenCredential(auth.placement, ""));
  if (auth.kind === "jwt") return masked(jwtCredential(auth, ""));
  const authorized = authorize(auth, connection.credentials, request);
  return "problem" in authorized ? authorized : masked(authorized);
}

async function renewToken(context: Context, check: TokenCheck): Promise<FailedOutcome | null> {
  const request = tokenRequest(context, check);
  if ("outcome" in request) return request;
  const { id } = check.connection;
  await endPause(context, check);
  const known = context.tokens.cached(request) ?? (await context.store.read(id))?.token ?? null;
  const result = await (known === null ? context.tokens.current(request) : context.tokens.renew(request, known));
  return result.result === "failed" ? result.outcome : null;
}

async function holdToken(context: Context, check: TokenCheck): Promise<FailedOutcome | null> {
  const request = tokenRequest(context, check);
  if ("outcome" in request) return request;
  if (context.tokens.cached(request) !== null) return null;
  await endPause(context, check);
  const result = await context.tokens.current(request);
  return result.result === "failed" ? result.outcome : null;
}

/** Who checks a connection does not want to wait for the end of a pause. */
async function endPause({ store }: Context, { scheme, connection }: TokenCheck): Promise<void> {
  if (scheme.kind === "oauth2") await store.cool(connection.id, null, null);
}

async function callWithToken(
  context: Context,
  placed: PlacedCall,
  { scheme, connection }: { scheme: TokenScheme; connection: LoadedConnection },
): Promise<CallOutcome> {
  const { input, watch, baseUrl, origin } = placed;
  const { connector } = input;
  const request: TokenRequest =
    scheme.kind === "oauth2"
      ? grantRequest(context, { connector, scheme, connection })
      : exchangeRequest(context, { connector, scheme, connection, baseUrl, origin });
  const header = (token: string) => tokenCredential(scheme.placement, token);
  const waited = (result: Promise<TokenResult>) => whileCalling(result, input, watch.ms());
  const failed = (outcome: CallOutcome) => ({ ...outcome, durationMs: watch.ms() });

  const cached = context.tokens.cached(request);
  const first: TokenResult = cached === null ? await waited(context.tokens.current(request)) : { result: "token", token: cached };
  if (first.result === "failed") return failed(first.outcome);
  const outcome = await sendOnce(context, placed, header(first.token));
  if (outcome.outcome !== "unauthorized") return outcome;
  // The token may have been revoked before its time. 401 says that nothing was done, so sending again is safe.
  const second = await waited(context.tokens.renew(request, first.token));
  const tokenRenewedAt = context.clock();
  if (second.result === "token") return { ...(await sendOnce(context, placed, header(second.token))), tokenRenewedAt };
  // Nothing to renew it with: the API's own answer says more.
  const { outcome: why } = second;
  return scheme.kind === "oauth2" && why.outcome === "blocked" && why.reason === "authorization" ? outcome : failed(why);
}

/** Sends when it is the call's turn. */
async function sendOnce(context: Context, placed: PlacedCall, credential: Credential | null): Promise<CallOutcome> {
  const { client, clock, secrets, maxBytes } = context;
  const { input, watch, origin } = placed;
  const own = input.depth === undefined ? null : (context.callDepth?.headerFor(origin.origin, input.depth) ?? null);
  const message = wireMessage({ ...input, own }, placed.path, credential);
  if ("problem" in message) return { outcome: "blocked", reason: "header", message: message.problem, durationMs: watch.ms() };
  const notNow = await takeTurn(context, placed);
  if (notNow) return { ...notNow, durationMs: watch.ms() };
  const { bytes, method, path, headers } = message;
  const mayStart = input.isOurs && (() => input.isOurs?.() === true);
  const sendNow = () =>
    client.send({
      method,
      path,
      headers,
      origin: origin.origin,
      body: bytes,
      maxBytes,
      timeoutMs: Math.max(1, input.timeoutMs - watch.ms()),
      signal: input.signal,
      ...(mayStart && { mayStart }),
    });
  let sent = await sendNow();
  // In doubt for a moment only.
  while (sent.sent === "withheld" && (await input.isOurs?.())) sent = await sendNow();
  const redactor = secrets.redactorOf(input.connector, input.connection, credential?.secret ?? null);
  const { connector, connection } = input;
  if (sent.sent === "received") context.quota.heed({ origin: origin.origin, auth: connector.auth, connection }, sent.headers);
  return outcomeOf(sent, { maxBytes, redactor, now: clock(), durationMs: watch.ms() });
}

/** Null when the call may be sent now. */
async function takeTurn({ client, quota }: Context, { input, watch, origin }: PlacedCall): Promise<FailedOutcome | null> {
  const { connector, connection, limitGroup, permit, signal } = input;
  const limit = limitOf(connector.limits, limitGroup);
  const counted = { limit, origin: origin.origin, auth: connector.auth, connection };
  if (limit === null) return null;
  // What the first call of a process must wait for would else come between its place and its sending.
  await client.ready();
  return refusalOf(await watch.pausedFor(quota.pass(counted, { atMostMs: turnMs, signal, permit })), counted);
}

/** A token may be shared with other calls, so this call's end and time cap stop only its own waiting for it. */
async function whileCalling(result: Promise<TokenResult>, input: CallInput, spentMs: number): Promise<TokenResult> {
  const { signal, timeoutMs } = input;
  const stopped = Promise.withResolvers<TokenResult>();
  const fail = (outcome: "canceled" | "unreachable", message: string) =>
    stopped.resolve({ result: "failed", outcome: { outcome, message, durationMs: 0 } });
  const cancel = () => fail("canceled", "the call was canceled");
  const timer = setTimeout(() => fail("unreachable", `no token within ${timeoutMs} ms`), Math.max(1, timeoutMs - spentMs));
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
  try {
    return await Promise.race([result, stopped.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", cancel);
  }
}
