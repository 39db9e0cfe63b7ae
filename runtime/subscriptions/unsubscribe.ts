import { faultOf, firstCheckMs } from "./next-look.ts";
import { type Settled, writeSettled } from "./settled.ts";
import { ask, end, list, type Turn, tryAgain } from "./turn.ts";

/** The next step towards nothing at the provider that posts to our URL. */
export async function letGo(turn: Turn): Promise<void> {
  const { deps, subscription, settled, resthook } = turn;
  const { remoteId, leaving } = subscription;
  if (remoteId !== null)
    return end(
      turn,
      {
        state: "unsubscribing",
        remoteId: null,
        leaving: leaving.includes(remoteId) ? leaving : [...leaving, remoteId],
        nextAt: deps.clock(),
      },
      { step: "unsubscribing", message: `the provider is asked to let go of ${remoteId}` },
    );
  if (leaving.length > 0) return unsubscribeNext(turn);
  // The list proves it; without one there is nobody to ask.
  if (resthook.list && settled.is !== "none") return lookWhatIsLeft(turn);
  const change = {
    state: "deleted",
    reason: null,
    settled: null,
    secrets: null,
    expiresAt: null,
    renewAt: null,
    nextAt: null,
  } as const;
  return end(turn, change, { step: "unsubscribed", message: "nothing of it is left at the provider" });
}

async function lookWhatIsLeft(turn: Turn): Promise<void> {
  const { deps, settled } = turn;
  const listed = await list(turn);
  if (!("ids" in listed)) {
    // Who may not ask has nothing to find out.
    if (faultOf(listed.failed) === "refused") return end(turn, { settled: null, nextAt: deps.clock() });
    return tryAgain(turn, listed.failed, "unsubscribing");
  }
  if (listed.ids.length > 0) return end(turn, { state: "unsubscribing", leaving: listed.ids, nextAt: deps.clock() });
  // What was asked for a moment ago, with an answer that never came, may still appear.
  if (settled.is === "asking")
    return end(turn, { state: "unsubscribing", settled: writeSettled({ is: "left" }), nextAt: deps.clock() + firstCheckMs });
  return end(turn, { settled: null, nextAt: deps.clock() });
}

/** Asks the provider to let go of one id, to the end: what is left behind would go on posting. What is gone already is done. */
export async function unsubscribeNext(turn: Turn): Promise<void> {
  const { deps, subscription, resthook, settled, url } = turn;
  const [id = "", ...rest] = subscription.leaving;
  const outcome = await ask(turn, resthook.unsubscribe, { hook: { url }, subscription: { id } });
  const isGone = outcome.outcome === "rejected" && (outcome.status === 404 || outcome.status === 410);
  // Meanwhile what is live stays so.
  const state = subscription.wanted === "off" ? "unsubscribing" : subscription.state;
  if (outcome.outcome !== "succeeded" && !isGone) return tryAgain(turn, outcome, state, { leaving: [...rest, id] });
  const step = subscription.wanted === "off" ? "unsubscribed" : "orphan-removed";
  const next: Settled = settled.is === "exists" && rest.length === 0 ? { is: "none" } : settled;
  return end(
    turn,
    { state, leaving: rest, attempts: 0, reason: null, settled: writeSettled(next), nextAt: deps.clock() },
    { step, message: `the provider has let go of ${id}` },
  );
}
