import { keepSubscription } from "./keep-subscription.ts";
import { dueSubscriptions, takeSubscription } from "./subscription-rows.ts";
import type { SubscriptionDeps } from "./turn.ts";

/** Longer than a turn can take: one call with its time cap. Afterwards another node goes on with it. */
const turnMs = 60_000;
/** How many are looked after at the same time. */
const atOnce = 8;
/** How many steps one firing makes at the most; the rest is for the next. */
const mostSteps = 400;

type Deps = SubscriptionDeps & { report(subscription: string, error: unknown): void };

/** Keeps what providers have and what published flows want the same: RESThooks that are due, a step at a time, until none is. */
export async function lookAfter(deps: Deps, signal: AbortSignal): Promise<void> {
  for (let steps = 0; steps < mostSteps && !signal.aborted; ) {
    const due = await dueSubscriptions(deps.sql, deps.clock(), atOnce);
    if (due.length === 0) return;
    const taken = await Promise.all(due.map((id) => takeTurn(deps, id)));
    // Others are at all of them.
    if (!taken.includes(true)) return;
    steps += due.length;
  }
}

/** False when another is at it, or nothing can be found out about it now. */
async function takeTurn(deps: Deps, id: string): Promise<boolean> {
  try {
    const now = deps.clock();
    const subscription = await takeSubscription(deps.sql, id, now, now + turnMs);
    if (!subscription) return false;
    await keepSubscription(deps, subscription);
    return true;
  } catch (error) {
    // It is taken up again when the turn has run out.
    deps.report(id, error);
    return false;
  }
}
