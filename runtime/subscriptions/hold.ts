import { faultOf, nextLook } from "./next-look.ts";
import { timeIn, valueAt } from "./read-answer.ts";
import { lookWhatCameOfIt, makeRoom, subscribe, waitForSecret } from "./subscribe.ts";
import { ask, end, isoTime, list, type Turn, tryAgain } from "./turn.ts";
import { unsubscribeNext } from "./unsubscribe.ts";

/** The next step towards exactly one live subscription with the settings of now. */
export async function hold(turn: Turn): Promise<void> {
  const { subscription, settled, settings, resthook, deps } = turn;
  if (settled.is === "asking" && resthook.list) return lookWhatCameOfIt(turn, settled);
  if (settled.is === "exists") return subscription.leaving.length > 0 ? unsubscribeNext(turn) : makeRoom(turn);
  if (settled.is !== "told" || settled.settings !== settings) return subscribe(turn);
  if (subscription.state !== "active") return waitForSecret(turn);
  // Before the others: what cannot be let go of must not cost the one that is live.
  if (subscription.renewAt !== null && deps.clock() >= subscription.renewAt) return renew(turn);
  if (subscription.leaving.length > 0) return unsubscribeNext(turn);
  if (resthook.list) return check(turn);
  return rest(turn);
}

/** Subscriptions run out. Without a call of its own it is subscribed anew; the old one goes when the new one is there. */
async function renew(turn: Turn): Promise<void> {
  const { deps, subscription, resthook } = turn;
  if (!resthook.renew) return end(turn, { settled: null, renewAt: null, nextAt: deps.clock() });
  const wanted = resthook.lifeMs === undefined ? null : deps.clock() + resthook.lifeMs;
  const outcome = await ask(turn, resthook.renew, { hook: { url: turn.url, expiresAt: isoTime(wanted) } });
  if (outcome.outcome === "succeeded") {
    const { expiresPath } = resthook.renew;
    const expiresAt =
      (expiresPath === undefined ? null : timeIn(valueAt(outcome.body, expiresPath))) ?? wanted ?? subscription.expiresAt;
    const next = nextLook(resthook, deps.clock(), expiresAt);
    return end(
      turn,
      { expiresAt, attempts: 0, reason: null, ...next, ...(subscription.leaving.length > 0 && { nextAt: deps.clock() }) },
      { step: "renewed", message: `until ${isoTime(expiresAt)}` },
    );
  }
  if (faultOf(outcome) === "refused") return missing(turn, `it could not be renewed: ${outcome.message}`);
  return tryAgain(turn, outcome, "active");
}

/** Desired against actual: ours is there, and nothing else that posts to our URL. */
async function check(turn: Turn): Promise<void> {
  const { deps, subscription } = turn;
  const listed = await list(turn);
  if (!("ids" in listed)) return tryAgain(turn, listed.failed, "active");
  const [first] = listed.ids;
  const remoteId = subscription.remoteId ?? first ?? null;
  if (remoteId === null || !listed.ids.includes(remoteId)) return missing(turn, "the provider does not have it any more");
  const leaving = listed.ids.filter((id) => id !== remoteId);
  if (leaving.length > 0) return end(turn, { remoteId, leaving, nextAt: deps.clock() });
  return rest(turn, remoteId);
}

/** All is as it should be until the next renewal or comparison. */
function rest(turn: Turn, remoteId = turn.subscription.remoteId): Promise<void> {
  const { deps, subscription, resthook } = turn;
  const { nextAt } = nextLook(resthook, deps.clock(), null);
  const { renewAt } = subscription;
  const soonest = nextAt === null || renewAt === null ? (nextAt ?? renewAt) : Math.min(nextAt, renewAt);
  return end(turn, { remoteId, attempts: 0, reason: null, nextAt: soonest });
}

function missing(turn: Turn, message: string): Promise<void> {
  const change = {
    state: "pending",
    remoteId: null,
    settled: null,
    renewAt: null,
    reason: message,
    nextAt: turn.deps.clock(),
  } as const;
  return end(turn, change, { step: "missing", message });
}
