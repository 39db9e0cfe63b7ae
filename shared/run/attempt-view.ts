import type { JournalEntry, OutcomeDecision } from "./journal.ts";

/** One try of a step's call. */
export type AttemptView = {
  attempt: number;
  group: number;
  effect: "read" | "idempotent" | "unsafe";
  idempotencyKey: string;
  status: "running" | "succeeded" | "failed";
  startedAt: number;
  finishedAt: number | null;
  /** Entry that holds the request. */
  requestEntry: number;
  /** Entry that holds the answer, null while running or when there was none. */
  responseEntry: number | null;
  httpStatus: number | null;
  outcome: string | null;
  message: string | null;
  retryAt: number | null;
  nextGroup: boolean;
  /** The connection's token was refused and renewed in it (ms). */
  tokenRenewedAt?: number;
  /** What a person said of it, its outcome being unknown, and when (ms). */
  decided?: { decision: OutcomeDecision; by: string; at: number };
};

type Attempted = { attempts: AttemptView[] };

/** An attempt begins. */
export function openAttempt(step: Attempted, entry: Extract<JournalEntry, { kind: "attempt-started" }>): void {
  step.attempts.push({
    attempt: entry.attempt,
    group: entry.group,
    effect: entry.effect,
    idempotencyKey: entry.idempotencyKey,
    status: "running",
    startedAt: entry.at,
    finishedAt: null,
    requestEntry: entry.number,
    responseEntry: null,
    httpStatus: null,
    outcome: null,
    message: null,
    retryAt: null,
    nextGroup: false,
  });
}

/** It has come to nothing. */
export function failAttempt(step: Attempted, entry: Extract<JournalEntry, { kind: "attempt-failed" }>): void {
  const attempt = step.attempts.findLast((candidate) => candidate.attempt === entry.attempt);
  if (!attempt) return;
  attempt.status = "failed";
  attempt.finishedAt = entry.at;
  attempt.httpStatus = entry.status;
  attempt.outcome = entry.outcome;
  attempt.message = entry.message;
  attempt.retryAt = entry.retryAt;
  attempt.nextGroup = entry.nextGroup;
  if (entry.tokenRenewedAt !== undefined) attempt.tokenRenewedAt = entry.tokenRenewedAt;
  attempt.responseEntry = entry.values?.includes("response") ? entry.number : null;
}

/** A person has said what became of the last one. */
export function decideAttempt(step: Attempted, { decision, by, at }: Extract<JournalEntry, { kind: "outcome-decided" }>): void {
  const attempt = step.attempts.at(-1);
  if (attempt) attempt.decided = { decision, by, at };
}

type Answered = { attempt: number; status: number; tokenRenewedAt?: number | undefined };

/** It has brought an answer, which `entry` holds. */
export function closeAttempt(step: Attempted, call: Answered, entry: JournalEntry): void {
  const attempt = step.attempts.findLast((candidate) => candidate.attempt === call.attempt);
  if (!attempt) return;
  attempt.status = "succeeded";
  attempt.outcome = "succeeded";
  attempt.httpStatus = call.status;
  if (call.tokenRenewedAt !== undefined) attempt.tokenRenewedAt = call.tokenRenewedAt;
  attempt.finishedAt = entry.at;
  attempt.responseEntry = entry.number;
}
