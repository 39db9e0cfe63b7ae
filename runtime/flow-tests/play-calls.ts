import type { RequestToSend } from "../../shared/connector/build-request.ts";
import type { CallAnswer, RecordedCall } from "../../shared/flow/flow-test.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import { readOutcome } from "../outbound/answer-outcome.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import { closedOutbound } from "../outbound/closed-outbound.ts";

export type CallPlayer = {
  outbound: Outbound;
  /** How many requests came, and those for which there was no answer. */
  readonly sent: number;
  unknown: string[];
};

/** Answers requests from recorded calls, each of which serves once, the first that fits first. Nothing leaves the process. */
export function playCalls(recorded: RecordedCall[], clock: () => number): CallPlayer {
  const left = [...recorded];
  const unknown: string[] = [];
  let sent = 0;

  function answer(request: RequestToSend): CallOutcome {
    sent += 1;
    const at = left.findIndex((call) => fits(call.request, request));
    const [found] = at < 0 ? [] : left.splice(at, 1);
    if (found) return outcomeOf(found.answer, clock());
    unknown.push(`${request.method} ${request.url}`);
    return {
      outcome: "blocked",
      reason: "recording",
      message: `the test has no answer for ${request.method} ${request.url}`,
      durationMs: 0,
    };
  }

  return {
    unknown,
    get sent() {
      return sent;
    },
    outbound: {
      ...closedOutbound,
      admit: async () => ({ passed: "yes", permit: { at: clock(), goodUntil: clock() + 1_000 } }),
      call: async ({ request }) => answer(request),
    },
  };
}

/** Where an API stands is no part of what is asked of it: the host is left out. */
function fits(recorded: RecordedCall["request"], request: RequestToSend): boolean {
  return (
    recorded.method === request.method &&
    placeOf(recorded.url) === placeOf(request.url) &&
    sameJson(recorded.body, request.body ?? null)
  );
}

function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname, searchParams } = new URL(url);
  searchParams.sort();
  return `${pathname}?${searchParams}`;
}

/** The order of fields says nothing. */
export function sameJson(one: Json, other: Json): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  const [a, b] = [one as Record<string, Json>, other as Record<string, Json>];
  return keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key] ?? null, b[key] ?? null));
}

function outcomeOf(answer: CallAnswer, now: number): CallOutcome {
  if (!("failed" in answer)) return readOutcome({ ...answer, durationMs: 0 }, now);
  const { failed, message } = answer;
  return failed === "blocked"
    ? { outcome: failed, reason: "recorded", message, durationMs: 0 }
    : { outcome: failed, message, durationMs: 0 };
}
