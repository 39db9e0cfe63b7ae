import { unreachable } from "../../shared/app-error.ts";
import type { HookAnswer } from "../../shared/event/subscription.ts";
import type { IngestAllOutcome, IngestOutcome } from "../store/engine-store.ts";
import type { AcceptDeps, Waiter } from "./accept-delivery.ts";
import { inOrder, json, refuse, send, unavailable } from "./hook-answers.ts";
import type { LoadedHook } from "./load-hook.ts";
import { type Answered, waitForAnswer } from "./wait-for-answer.ts";

type One = { hook: LoadedHook; requestId: string; ingested: IngestOutcome; responds: boolean; waiter: Waiter | null };

/** What a sender gets once its event is durable: the flow's own answer where it gives one in time, else what the hook says. */
export async function answerOne(
  deps: Pick<AcceptDeps, "engine" | "bus" | "setTimer">,
  { hook, requestId, ingested, responds, waiter }: One,
): Promise<Response> {
  switch (ingested.outcome) {
    case "unavailable":
      return unavailable(requestId);
    case "refused":
      return refuse(422, "event_cannot_be_stored", requestId);
    case "accepted":
    case "duplicate": {
      const run = ingested.runs[0];
      const ids = { event: ingested.event, ...(run && { run }), ...(ingested.outcome === "duplicate" && { duplicate: true }) };
      const headers = { "X-Request-Id": requestId, "X-Patchbay-Event": ingested.event, ...(run && { "X-Patchbay-Run": run }) };
      if (!responds || !run) return acknowledge(hook.answer, ids, headers);
      const result = await (waiter ?? waitForFirst(deps, run, hook.answer.answerWithinMs)).answer;
      return answered(hook, result, ids, headers);
    }
    default:
      return unreachable(ingested);
  }
}

/** The same for a delivery of several events: nobody waits for their runs. */
export function answerSeveral(hook: LoadedHook, requestId: string, ingested: IngestAllOutcome): Response {
  switch (ingested.outcome) {
    case "unavailable":
      return unavailable(requestId);
    case "refused":
      return refuse(422, "event_cannot_be_stored", requestId);
    case "stored": {
      const events = ingested.items.map(({ event }) => event);
      const duplicates = ingested.items.filter(({ outcome }) => outcome === "duplicate").length;
      return acknowledge(hook.answer, { events, ...(duplicates > 0 && { duplicates }) }, { "X-Request-Id": requestId });
    }
    default:
      return unreachable(ingested);
  }
}

/** Whatever a flow or a connector answers with, a browser makes no page of our origin out of it. */
const inert = { "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox" };

/** A fixed body where the provider wants one, else the ids. */
function acknowledge({ status, body }: HookAnswer, ids: object, headers: Record<string, string>): Response {
  if (body) return send(status, body.text, { ...headers, "Content-Type": body.contentType, ...inert });
  return json(status, ids, headers);
}

/** A duplicate waits for the answer of the run that the first delivery started. */
export function waitForFirst(deps: Pick<AcceptDeps, "engine" | "bus" | "setTimer">, run: string, withinMs: number): Waiter {
  const waiter = waitForAnswer(deps, run, withinMs);
  waiter.look();
  return waiter;
}

/** The run's own answer; without one what the hook says, and 202 when it has not come in time. */
export function answered(hook: LoadedHook, result: Answered, ids: object, headers: Record<string, string>): Response {
  switch (result.outcome) {
    case "answered": {
      const { status, headers: own, body } = result.answer;
      const text = typeof body === "string";
      const type = { "Content-Type": text ? "text/plain; charset=utf-8" : "application/json" };
      return send(status, body === null ? null : text ? body : JSON.stringify(body), inOrder(type, own, inert, headers));
    }
    case "no-answer":
      return acknowledge(hook.answer, ids, headers);
    case "timed-out":
      return json(202, ids, headers);
    default:
      return unreachable(result);
  }
}
