import { createHash } from "node:crypto";
import type { OAuth2 } from "../../shared/connector/oauth2.ts";
import { parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { OAuthClient } from "../connections/load-connection.ts";
import type { OAuthGrant } from "../connections/token-store.ts";
import { outcomeOf } from "./answer-outcome.ts";
import type { Client } from "./client.ts";
import { createRedactor } from "./redact.ts";
import type { FailedOutcome } from "./token.ts";
import { jwtLifeMs } from "./token-life.ts";
import { wireHeaders } from "./wire-headers.ts";

/** Shorter than the lease under which it runs. */
const timeoutMs = 20_000;
const maxBytes = 1024 * 1024;
const nothingSecret = createRedactor([]);
/** A token of which the provider does not say when it ends. */
const endlessMs = 10 * 366 * 86_400_000;

/** What is asked of a token endpoint (RFC 6749, 4.1.3, 4.3.2, 4.4.2 and 6). */
export type TokenQuestion =
  | { grant: "authorization-code"; code: string; verifier: string; redirectUri: string }
  | { grant: "client-credentials" }
  | { grant: "password"; username: string; password: string }
  | { grant: "refresh"; refreshToken: string };

/**
 * `metadata`: by variable key, as the scheme names it. `refused`: the grant itself is no good any more (`invalid_grant`). `failed`:
 * `definite` when the provider has said no in its own words. No outcome holds a secret.
 */
export type TokenAnswer =
  | { answer: "token"; token: string; expiresAt: number; grant: OAuthGrant; metadata: Record<string, string> }
  | { answer: "refused"; message: string; status: number }
  | { answer: "failed"; outcome: FailedOutcome; definite: boolean };

type Asking = {
  client: Client;
  scheme: OAuth2;
  /** Of the endpoint, already allowed. */
  endpoint: { origin: string; path: string };
  as: OAuthClient;
  question: TokenQuestion;
  clock: () => number;
};

/** Asks a token endpoint once. Follows no redirect, and takes the answers that real providers give beside those of the RFC. */
export async function askForToken({ client, scheme, endpoint, as, question, clock }: Asking): Promise<TokenAnswer> {
  const { parameters, authorization } = parametersOf(scheme, as, question);
  const json = scheme.tokenBody === "json";
  const headers = wireHeaders(
    { headers: {} },
    json ? "application/json" : "application/x-www-form-urlencoded",
    authorization === null ? {} : { authorization },
  );
  if ("problem" in headers) return failed({ outcome: "blocked", reason: "header", message: headers.problem, durationMs: 0 });
  // Its life begins no later than the moment of the question.
  const askedAt = clock();
  const sent = await client.send({
    ...endpoint,
    method: "POST",
    headers: headers.headers,
    body: json ? JSON.stringify(parameters) : new URLSearchParams(parameters).toString(),
    maxBytes,
    timeoutMs,
    signal: new AbortController().signal,
  });
  const outcome = await outcomeOf(sent, { maxBytes, redactor: nothingSecret, now: clock(), durationMs: 0 });
  const body = "body" in outcome ? fieldsOf(outcome.body) : null;
  const token = outcome.outcome === "succeeded" ? tokenIn(body, scheme, askedAt) : null;
  if (token) return token;
  const redactor = createRedactor(secretsOf(as, question, body).concat(authorization?.slice("Basic ".length) ?? []));
  const shown = await outcomeOf(sent, { maxBytes, redactor, now: clock(), durationMs: 0 });
  return failureOf(shown, redactor.json(body), scheme);
}

/** Core parameters give way to the scheme's own, since some providers have grants of their own; what is secret does not. */
function parametersOf(
  scheme: OAuth2,
  as: OAuthClient,
  question: TokenQuestion,
): { parameters: Record<string, string>; authorization: string | null } {
  const { parameters, secrets } = wordsOf(question, scopeOf(scheme));
  const extra = question.grant === "refresh" ? scheme.refreshParameters : scheme.tokenParameters;
  const { clientId, clientSecret } = as;
  const inHeader = scheme.clientAuthentication === "header" && clientSecret !== null;
  // RFC 6749, 2.3.1: both are form-encoded first. A public client names itself in the body (3.2.1).
  const pair = [clientId, clientSecret ?? ""].map((text) => new URLSearchParams([["", text]]).toString().slice(1)).join(":");
  const named: Record<string, string> = inHeader
    ? {}
    : { client_id: clientId, ...(clientSecret !== null && { client_secret: clientSecret }) };
  return {
    parameters: { ...parameters, ...extra, ...secrets, ...named },
    authorization: inHeader ? `Basic ${Buffer.from(pair).toString("base64")}` : null,
  };
}

type Words = { parameters: Record<string, string>; secrets: Record<string, string> };

function wordsOf(question: TokenQuestion, scope: Record<string, string>): Words {
  switch (question.grant) {
    case "authorization-code": {
      const { code, verifier, redirectUri } = question;
      const proof: Record<string, string> = verifier === "" ? {} : { code_verifier: verifier };
      return {
        parameters: { grant_type: "authorization_code" },
        secrets: { code, redirect_uri: redirectUri, ...proof },
      };
    }
    case "client-credentials":
      return { parameters: { grant_type: "client_credentials", ...scope }, secrets: {} };
    case "password": {
      const { username, password } = question;
      return { parameters: { grant_type: "password", ...scope }, secrets: { username, password } };
    }
    case "refresh":
      return { parameters: { grant_type: "refresh_token" }, secrets: { refresh_token: question.refreshToken } };
  }
}

/** The scopes as they are sent, in a parameter of their own unless there are none. */
export function scopeOf({ scopes, scopeSeparator }: Pick<OAuth2, "scopes" | "scopeSeparator">): { scope?: string } {
  const names = scopes.split(/\s+/).filter((name) => name !== "");
  return names.length === 0 ? {} : { scope: names.join(scopeSeparator) };
}

/** RFC 7636, 4.2. */
export function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

/** JSON, or a form as some providers answer whatever they are asked for. */
function fieldsOf(body: Json): Json {
  if (typeof body !== "string") return body;
  return /^[\w.-]+=[^\s<]*$/.test(body.trim()) ? Object.fromEntries(new URLSearchParams(body.trim())) : null;
}

function tokenIn(body: Json, scheme: OAuth2, askedAt: number): TokenAnswer | null {
  const path = parsePath(scheme.tokenPath);
  const token = path && readPath(body, path);
  if (!path || typeof token !== "string" || token === "") return null;
  // What belongs to a nested token stands beside it, or at the top.
  const beside = (name: string) => readPath(body, [...path.slice(0, -1), name]) ?? readPath(body, [name]);
  const refreshToken = beside("refresh_token");
  const seconds = Number(beside("expires_in") ?? Number.NaN);
  const lifeMs = seconds > 0 ? seconds * 1_000 : jwtLifeMs(token);
  const metadata = Object.entries(scheme.metadata).flatMap(([variable, where]) => {
    const at = parsePath(where);
    const value = at && readPath(body, at);
    return typeof value === "string" || typeof value === "number" ? [[variable, String(value).slice(0, 2_000)]] : [];
  });
  return {
    answer: "token",
    token,
    expiresAt: askedAt + Math.min(lifeMs ?? endlessMs, endlessMs),
    grant: { refreshToken: typeof refreshToken === "string" && refreshToken !== "" ? refreshToken : null, lifeMs },
    metadata: Object.fromEntries(metadata),
  };
}

/** Everything of ours that a provider might send back, and tokens that stand elsewhere than the scheme says. */
function secretsOf({ clientSecret }: OAuthClient, question: TokenQuestion, body: Json): string[] {
  const ours = [
    clientSecret,
    ...("code" in question ? [question.code, question.verifier] : []),
    ...("password" in question ? [question.password] : []),
    ...("refreshToken" in question ? [question.refreshToken] : []),
  ];
  const theirs = ["access_token", "refresh_token", "id_token"].map((name) => readPath(body, [name]));
  return [...ours, ...theirs].filter((text) => typeof text === "string" && text !== "") as string[];
}

function failureOf(outcome: CallOutcome, body: Json, { tokenPath }: OAuth2): TokenAnswer {
  const said = "message" in outcome ? outcome.message : `its answer has no text at "${tokenPath}"`;
  const error = errorIn(body);
  const message = `token endpoint: ${said}${error === null || said.includes(error) ? "" : ` (${error})`}`;
  switch (outcome.outcome) {
    case "succeeded":
    case "rejected":
    case "unauthorized":
    case "forbidden":
      if (error === "invalid_grant") return { answer: "refused", message, status: outcome.status };
      // The body is left out: it may hold a token elsewhere.
      return {
        answer: "failed",
        outcome: { outcome: "unauthorized", message, status: outcome.status, headers: {}, body: null, durationMs: 0 },
        definite: true,
      };
    case "blocked":
    case "canceled":
      return failed({ ...outcome, message });
    case "rate-limited":
    case "server-error": {
      const { retryAfterMs } = outcome;
      return failed({ outcome: "unreachable", message, durationMs: 0, ...(retryAfterMs !== null && { retryAfterMs }) });
    }
    default:
      return failed({ outcome: "unreachable", message, durationMs: 0 });
  }
}

function failed(outcome: FailedOutcome): TokenAnswer {
  return { answer: "failed", outcome, definite: false };
}

/** RFC 6749, 5.2. */
function errorIn(body: Json): string | null {
  const error = readPath(body, ["error"]);
  return typeof error === "string" && /^[\w.-]{1,60}$/.test(error) ? error : null;
}
