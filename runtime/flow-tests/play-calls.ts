import { setImmediate as nextTurn } from "node:timers/promises";
import type { RequestToSend } from "../../shared/connector/build-request.ts";
import type { CallAnswer, RecordedCall } from "../../shared/flow/flow-test.ts";
import { sameJson } from "../../shared/flow/json-changes.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import { maskedText } from "../../shared/run/sealed-value.ts";
import { readOutcome } from "../outbound/answer-outcome.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import { closedOutbound } from "../outbound/closed-outbound.ts";

export type CallPlayer = {
  outbound: Outbound;
  /** How many requests came, and those for which there was no answer. */
  readonly sent: number;
  unknown: UnknownCall[];
};
export type UnknownCall = Pick<RequestToSend, "method" | "url">;

/** Answers requests from recorded calls, each of which serves once, the first that fits first. Nothing leaves the process. */
export function playCalls(recorded: RecordedCall[], clock: () => number): CallPlayer {
  const left = recorded.map((call) => ({ ...call, place: placeOf(call.request.url) }));
  const unknown: UnknownCall[] = [];
  let sent = 0;
  let turn: Promise<void> = Promise.resolve();

  /** Where there is much to look through, each request has a turn of its own, and others have theirs between. */
  async function inTurn(): Promise<void> {
    if (left.length > lookedThroughAtOnce) turn = turn.then(() => nextTurn());
    await turn;
  }

  function answer(request: RequestToSend): CallOutcome {
    sent += 1;
    const place = placeOf(request.url);
    const at = left.findIndex((call) => fits(call, request, place));
    const [found] = at < 0 ? [] : left.splice(at, 1);
    if (found) return outcomeOf(found.answer, clock());
    unknown.push({ method: request.method, url: request.url });
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
      async call({ request }) {
        await inTurn();
        return answer(request);
      },
    },
  };
}

const lookedThroughAtOnce = 200;

type Placed = RecordedCall & { place: string };

/** Where an API stands is no part of what is asked of it: the host is left out. What was recorded as dots was a secret: it may be anything. */
function fits({ request: recorded, place: at }: Placed, request: RequestToSend, place: string): boolean {
  return (
    recorded.method === request.method &&
    (recorded.url === maskedText || at === place) &&
    sameJson(recorded.body, asRecorded(recorded.body, request.body ?? null))
  );
}

/** Dots where there were dots. */
function asRecorded(recorded: Json, given: Json): Json {
  if (recorded === maskedText) return maskedText;
  if (typeof recorded !== "object" || recorded === null || typeof given !== "object" || given === null) return given;
  if (Array.isArray(given)) return given.map((item, index) => asRecorded((recorded as Json[])[index] ?? null, item));
  const fields = new Map(Object.entries(recorded));
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, asRecorded(fields.get(key) ?? null, value)]));
}

function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname, searchParams } = new URL(url);
  searchParams.sort();
  return `${pathname}?${searchParams}`;
}

function outcomeOf(answer: CallAnswer, now: number): CallOutcome {
  if (!("failed" in answer)) return readOutcome({ ...answer, durationMs: 0 }, now);
  const { failed, message } = answer;
  return failed === "blocked"
    ? { outcome: failed, reason: "recorded", message, durationMs: 0 }
    : { outcome: failed, message, durationMs: 0 };
}
