import type { Json } from "../json.ts";

/** `tokenRenewedAt`: the connection's token was refused and renewed within the call (ms). */
type Call = { durationMs: number; tokenRenewedAt?: number };
type Answer = Call & { status: number; headers: Record<string, string>; body: Json };
type Failure = Call & { message: string };

/** What one attempt of an outside call came to. Only this union and `decideRetry` say what is retryable. */
export type CallOutcome =
  | ({ outcome: "succeeded" } & Answer)
  /** A definite no: 4xx other than 401, 403 and 429. */
  | ({ outcome: "rejected"; message: string } & Answer)
  /** 401 after one forced token refresh, or the token exchange itself refused. */
  | ({ outcome: "unauthorized"; message: string } & Answer)
  /** 403: the credentials are good, and this account may not do it (RFC 9110, 15.5.4). Another token would not change that. */
  | ({ outcome: "forbidden"; message: string } & Answer)
  | ({ outcome: "rate-limited"; message: string; retryAfterMs: number | null } & Answer)
  | ({ outcome: "server-error"; message: string; retryAfterMs: number | null } & Answer)
  /** Nothing was sent: the name did not resolve, the connection was not made, or there is no token before `retryAfterMs`. */
  | ({ outcome: "unreachable"; retryAfterMs?: number } & Failure)
  /** The request may have been performed: the connection broke after it was sent. */
  | ({ outcome: "interrupted" } & Failure)
  | ({ outcome: "timed-out" } & Failure)
  /** Refused by our own guard before a packet left: `reason` is egress, http, host, link … */
  | ({ outcome: "blocked"; reason: string } & Failure)
  /** The answer was larger than the cap; the request was performed. */
  | ({ outcome: "too-large" } & Failure)
  /** Nothing was sent: the limits of the account leave no room for the next `retryAfterMs`. */
  | ({ outcome: "over-quota"; retryAfterMs: number } & Failure)
  | ({ outcome: "canceled" } & Failure);

/** Does repeating it do no harm: `read` never changes anything, `idempotent` changes the same thing once, `unsafe` may act twice. */
export type Effect = "read" | "idempotent" | "unsafe";
