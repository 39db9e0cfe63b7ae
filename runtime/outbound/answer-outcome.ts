import { STATUS_CODES } from "node:http";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import { decodeBody, parseBody } from "./read-body.ts";
import type { Redactor } from "./redact.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { Sent } from "./send.ts";

type AnswerOf = { maxBytes: number; redactor: Redactor; now: number; durationMs: number };

/** Turns what came over the wire into the outcome of a call: decoded, parsed and without secrets. A 401 counts as final here. */
export async function outcomeOf(sent: Sent, { maxBytes, redactor, now, durationMs }: AnswerOf): Promise<CallOutcome> {
  switch (sent.sent) {
    case "received":
      break;
    case "blocked":
      return { outcome: "blocked", ...redactRefusal(sent.refusal, redactor), durationMs };
    case "unsent":
      return { outcome: "unreachable", message: redactor.text(sent.message), durationMs };
    case "broken":
      return { outcome: "interrupted", message: redactor.text(sent.message), durationMs };
    case "timed-out":
      return { outcome: "timed-out", message: sent.message, durationMs };
    case "too-large":
      return { outcome: "too-large", message: sent.message, durationMs };
    case "canceled":
      return { outcome: "canceled", message: "the call was canceled", durationMs };
    case "withheld":
      return { outcome: "canceled", message: "the call is another worker's by now", durationMs };
  }
  const decoded = await decodeBody(sent.body, sent.headers["content-encoding"], maxBytes);
  if (decoded.decoded === "too-large")
    return { outcome: "too-large", message: `the decoded answer is larger than ${maxBytes} bytes`, durationMs };
  // The API did what it did; only its answer is unreadable, as if the connection had broken.
  if (decoded.decoded === "broken") return { outcome: "interrupted", message: decoded.message, durationMs };
  const text = decoded.body.toString("utf8");
  const headers = redactHeaders(sent.headers, redactor);
  const body = redactBody(text, parseBody(text, headers["content-type"]), redactor);
  return readOutcome({ status: sent.status, headers, body, durationMs }, now);
}

type Answered = { status: number; headers: Record<string, string>; body: Json; durationMs: number };

/** What an answer that came whole means, by its status (RFC 9110, 15). */
export function readOutcome(answer: Answered, now: number): CallOutcome {
  const { status, headers, body } = answer;
  if (status < 300) return { outcome: "succeeded", ...answer };
  const message = messageOf(status, headers, body);
  if (status === 401) return { outcome: "unauthorized", message, ...answer };
  if (status === 403) return { outcome: "forbidden", message, ...answer };
  if (status === 429) return { outcome: "rate-limited", message, retryAfterMs: retryAfterMs(headers, now), ...answer };
  if (status < 500) return { outcome: "rejected", message, ...answer };
  // A rate window's reset says nothing about a fault, so only Retry-After counts here.
  const asked = headers["retry-after"] === undefined ? null : retryAfterMs(headers, now);
  return { outcome: "server-error", message, retryAfterMs: asked, ...answer };
}

function redactRefusal(refusal: { reason: string; message: string }, redactor: Redactor) {
  return { reason: refusal.reason, message: redactor.text(refusal.message) };
}

/** A text without escapes holds a secret only if its bytes do: one pass over it spares the walk over all values. */
function redactBody(text: string, body: Json, redactor: Redactor): Json {
  return text.includes("\\") || redactor.finds(text) ? redactor.json(body) : body;
}

function redactHeaders(headers: Record<string, string>, redactor: Redactor): Record<string, string> {
  let all = "";
  for (const name in headers) all += `${headers[name]}\n`;
  const found = redactor.finds(all);
  if (!found && headers["set-cookie"] === undefined) return headers;
  // A session cookie is a credential that we were given just now.
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, name === "set-cookie" ? "***" : redactor.text(value)]),
  );
}

/** A status with its reason phrase, e.g. `404 Not Found`. */
export function statusWords(status: number): string {
  const phrase = STATUS_CODES[status];
  return phrase ? `${status} ${phrase}` : String(status);
}

/** For people: the status, where a redirect points, and what the API itself says. */
function messageOf(status: number, headers: Record<string, string>, body: Json): string {
  const answered = `answered ${statusWords(status)}`;
  if (status < 400) {
    const to = headers.location ? ` to ${headers.location.slice(0, 300)}` : "";
    return `${answered}: a redirect${to} is not followed`;
  }
  const said = saidBy(body);
  return said ? `${answered}: ${said}` : answered;
}

/** Error bodies differ; these are the places where APIs put a sentence. */
function saidBy(body: Json): string | null {
  if (typeof body === "string") return /^\s*</.test(body) ? null : body.trim().slice(0, 200) || null;
  if (typeof body !== "object" || body === null || Array.isArray(body)) return null;
  for (const key of ["message", "error_description", "error", "detail", "title"]) {
    const value = Object.hasOwn(body, key) ? body[key] : undefined;
    if (typeof value === "string" && value !== "") return value.slice(0, 200);
    if (key === "error" && typeof value === "object" && value !== null) return saidBy(value);
  }
  return null;
}
