import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { OutcomeDecision } from "../../shared/run/journal.ts";

const outcomes: Record<CallOutcome["outcome"], string> = {
  succeeded: "Succeeded",
  rejected: "Rejected",
  unauthorized: "Not authorized",
  forbidden: "Not allowed",
  "rate-limited": "Rate limited",
  "server-error": "Server error",
  unreachable: "Not reachable",
  interrupted: "Connection lost",
  "timed-out": "Timed out",
  blocked: "Blocked before sending",
  "too-large": "Answer too large",
  "over-quota": "Not sent: rate limit",
  canceled: "Canceled",
};

/** What an attempt came to; the journal's word itself when it is a newer one than this page knows. */
export function outcomeWord(outcome: string | null): string {
  if (outcome === null) return "Under way";
  return Object.hasOwn(outcomes, outcome) ? outcomes[outcome as CallOutcome["outcome"]] : outcome;
}

/** What a person says of a call whose outcome is unknown. */
export const decisionWords: Record<OutcomeDecision, string> = {
  "send-again": "Send again",
  done: "It went through",
  fail: "Mark as failed",
};

const hints: Partial<Record<string, string>> = {
  rejected: "The other side understood the request and said no. Its answer, under Attempts, tells why; check the input.",
  unauthorized: "The connection's credentials were refused. Check that they are still valid.",
  forbidden:
    "The credentials are good, but this account may not do that: its plan, its role or its scopes do not include it. Trying again does not help.",
  "rate-limited": "The account's limit was reached at each attempt. Try again later, or start fewer runs at once.",
  "server-error": "The other side failed. It may work again later.",
  unreachable: "No connection was made, so nothing was sent. Check the address and the network.",
  interrupted: "The connection broke after the request was sent, so it may have been performed.",
  "timed-out":
    "No answer came in time, but the request may have been performed. Check at the other side before you send it again.",
  blocked: "Our own guard stopped the call before anything was sent. The message names the rule.",
  "too-large": "The request was performed, but its answer is larger than the limit.",
  invalid_input: "Nothing was sent: the input does not fit. Look at it below, then at the event or the step that it comes from.",
  connection_missing: "Nothing was sent. The flow must be given another connection and published again.",
  no_sandbox: "Nothing was sent. Start the server with its sandbox, or use a connection to the real API.",
  outcome_unknown: "The call may have been performed. Check at the other side before you run it again.",
};

/** What now: a sentence for the outcome or the error code that ended a step, if there is something to say. */
export function hintFor(...words: (string | null | undefined)[]): string | null {
  for (const word of words) {
    const hint = word && Object.hasOwn(hints, word) ? hints[word] : undefined;
    if (hint) return hint;
  }
  return null;
}
