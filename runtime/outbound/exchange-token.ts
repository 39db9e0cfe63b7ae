import type { TokenExchange } from "../../shared/connector/auth-scheme.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import { outcomeOf } from "./answer-outcome.ts";
import { type CallOrigin, pathWithin } from "./call-origin.ts";
import type { Client } from "./client.ts";
import { bothRedactors, createRedactor, type Redactor } from "./redact.ts";
import type { Signed } from "./sign-jwt.ts";
import type { ExchangeResult, FailedOutcome } from "./token.ts";
import { wireHeaders } from "./wire-headers.ts";

/** Shorter than the lease under which it runs. */
const timeoutMs = 20_000;
const maxBytes = 1024 * 1024;
const nothingSecret = createRedactor([]);

/**
 * Sends credentials (`body`, filled in) to the scheme's path and gives the answer, the token still in it. A failure comes as the
 * outcome of the call that needed the token, and is redacted. Bound to no caller: others may wait for the same token.
 */
export async function exchangeToken(input: {
  client: Client;
  scheme: TokenExchange;
  baseUrl: string;
  origin: CallOrigin;
  body: Json;
  /** The JWT that goes along, as the scheme wants it. */
  signed: Signed | null;
  redactor: Redactor;
  clock: () => number;
}): Promise<ExchangeResult> {
  const { client, scheme, baseUrl, origin, body, signed, redactor, clock } = input;
  const { method, encoding, path: declared } = scheme.request;
  const blocked = (reason: string, message: string): ExchangeResult => ({
    exchanged: "failed",
    outcome: { outcome: "blocked", reason, message, durationMs: 0 },
  });
  if (signed && "problem" in signed) return blocked("connection", signed.problem);
  const path = pathWithin(baseUrl + declared, origin);
  if (path === null) return blocked("host", `the token exchange would leave ${origin.origin}`);
  const form = encoding === "form";
  const placement = scheme.request.signed?.placement;
  const headers = wireHeaders(
    { headers: {} },
    form ? "application/x-www-form-urlencoded" : "application/json",
    signed && placement ? { [placement.header]: placement.prefix + signed.token } : {},
  );
  if ("problem" in headers) return blocked("header", headers.problem);
  const sent = await client.send({
    origin: origin.origin,
    path,
    method,
    headers: headers.headers,
    body: form ? formOf(body) : JSON.stringify(body),
    maxBytes,
    timeoutMs,
    signal: new AbortController().signal,
  });
  const read = (hiding: Redactor) => outcomeOf(sent, { maxBytes, redactor: hiding, now: clock(), durationMs: 0 });
  const hidingAll = signed ? bothRedactors(redactor, createRedactor([signed.token])) : redactor;
  const answer = await read(nothingSecret);
  return answer.outcome === "succeeded"
    ? { exchanged: "answered", status: answer.status, body: answer.body }
    : { exchanged: "failed", outcome: failureOf(await read(hidingAll)) };
}

/** The fields of a flat object; what is no text is written as JSON. */
function formOf(body: Json): string {
  const fields = typeof body === "object" && body !== null && !Array.isArray(body) ? Object.entries(body) : [];
  return new URLSearchParams(
    fields.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  ).toString();
}

/** What a failed exchange means for the call that waited for it: that call itself was not sent. */
function failureOf(outcome: CallOutcome): FailedOutcome {
  const message = `token exchange: ${"message" in outcome ? outcome.message : outcome.outcome}`;
  switch (outcome.outcome) {
    case "rejected":
    case "unauthorized":
    case "forbidden":
      return { ...outcome, outcome: "unauthorized", message };
    case "rate-limited":
    case "over-quota":
    case "blocked":
    case "canceled":
      return { ...outcome, message };
    case "succeeded":
    case "unreachable":
    case "interrupted":
    case "timed-out":
    case "server-error":
    case "too-large":
      return { outcome: "unreachable", message, durationMs: outcome.durationMs };
  }
}
