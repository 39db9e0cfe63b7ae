import { goingBack } from "./fall-back.ts";
import { hasSecret, makeRoomForSecret, sealSecret, secretsToSend } from "./hook-secrets.ts";
import { backOffMs, faultOf, firstCheckMs, nextLook, refusedAgainMs } from "./next-look.ts";
import { readSubscribed, type Subscribed } from "./read-answer.ts";
import { type Settled, writeSettled } from "./settled.ts";
import type { Change } from "./subscription-rows.ts";
import { ask, end, type Failed, fail, isoTime, list, type Turn, tryAgain, write } from "./turn.ts";

const noSecretYet = "the provider has not sent its secret yet";
/** How many looks for a secret that the provider was to send by itself. */
const looksForSecret = 5;

/** Asks the provider to post to our URL. Before the call the row says so, with the secret: some post while it is under way. */
export async function subscribe(turn: Turn): Promise<void> {
  const { deps, subscription, webhook, resthook, settings, settled } = turn;
  const { secret, verifyToken, change } = await secretsToSend(deps, subscription, webhook);
  turn.secrets.push(...[secret, verifyToken].filter((text) => text !== null));
  // Whether the last one was performed is not known: the same key lets a provider that can tell.
  const key = settled.is === "asking" && settled.settings === settings ? settled.key : deps.ids.next("idk");
  const room = webhook.secretOrigin === "challenge" ? await makeRoomForSecret(deps, subscription) : {};
  const prepared = await write(
    turn,
    { ...change, ...room, state: "pending", settled: writeSettled({ is: "asking", settings, key }) },
    { notes: [{ step: "subscribing", message: `by the endpoint "${resthook.subscribe.endpoint}"` }], keep: true },
  );
  if (!prepared) return;
  const wantedUntil = resthook.lifeMs === undefined ? null : deps.clock() + resthook.lifeMs;
  const hook = { url: turn.url, secret, verifyToken, expiresAt: isoTime(wantedUntil) };
  const outcome = await ask(turn, resthook.subscribe, { hook }, key);
  if (outcome.outcome !== "succeeded") return subscribeFailed(turn, outcome);
  const answer = readSubscribed(resthook, outcome);
  if (answer.secret !== null) turn.secrets.push(answer.secret);
  return subscribed(turn, { ...answer, expiresAt: answer.expiresAt ?? wantedUntil });
}

async function subscribed(turn: Turn, answer: Subscribed): Promise<void> {
  const { deps, subscription, webhook, resthook, settings } = turn;
  if (answer.remoteId === null && namesId(resthook.unsubscribe) && !resthook.list)
    return fail(turn, "the answer does not say which id the subscription has: name its place in the incoming webhook", {
      settled: null,
    });
  const given: Change = {};
  if (webhook.secretOrigin === "subscribe-answer" && answer.secret !== null) {
    given.secrets = await sealSecret(deps, subscription, answer.secret);
    given.secretSetAt = deps.clock();
  }
  const usable = given.secrets !== undefined || (await hasSecret(deps, subscription, webhook));
  const leaving = withId(subscription.leaving, subscription.remoteId === answer.remoteId ? null : subscription.remoteId);
  const told: Change = {
    ...given,
    leaving,
    remoteId: answer.remoteId,
    expiresAt: answer.expiresAt,
    settled: writeSettled({ is: "told", settings }),
  };
  const note = {
    step: "subscribed",
    message: answer.remoteId === null ? "the provider gave no id" : `as ${answer.remoteId}`,
  } as const;
  if (!usable) return end(turn, { ...told, attempts: 0, reason: noSecretYet, nextAt: deps.clock() }, note);
  return end(turn, { ...told, ...live(turn, leaving, answer.expiresAt) }, note, goingBack(subscription));
}

/** What a row says of a subscription that works. */
function live(turn: Turn, leaving: readonly string[], expiresAt: number | null): Change {
  const now = turn.deps.clock();
  const next = nextLook(turn.resthook, now, expiresAt, firstCheckMs);
  return { state: "active", reason: null, attempts: 0, renewAt: next.renewAt, nextAt: leaving.length > 0 ? now : next.nextAt };
}

async function subscribeFailed(turn: Turn, outcome: Failed): Promise<void> {
  const fault = faultOf(outcome);
  if (fault === "unknown") return tryAgain(turn, outcome, "pending");
  if (fault === "not-done") return tryAgain(turn, outcome, "pending", { settled: null });
  const exists = outcome.outcome === "rejected" && (outcome.status === 409 || outcome.status === 422);
  // The list says which one it is; its settings, and its secret, may be others than ours.
  if (exists && turn.resthook.list && turn.settled.is !== "exists")
    return end(
      turn,
      { settled: writeSettled({ is: "exists" }), nextAt: turn.deps.clock() },
      { step: "retrying", message: outcome.message },
    );
  return fail(turn, outcome.message, { settled: null });
}

/** The provider says that there is one: all that post to our URL go first, since nobody knows what they were told. */
export async function makeRoom(turn: Turn): Promise<void> {
  const { deps, subscription } = turn;
  const listed = await list(turn);
  if (!("ids" in listed)) return tryAgain(turn, listed.failed, "pending");
  const leaving = listed.ids.reduce(withId, subscription.leaving);
  if (leaving.length === 0)
    return fail(turn, "the provider says that there is a subscription already, but lists none", { settled: null });
  return end(turn, { leaving, remoteId: null, nextAt: deps.clock() });
}

/** After a crash, or an answer that never came: is one of ours there that the row does not know? */
export async function lookWhatCameOfIt(turn: Turn, asked: Extract<Settled, { is: "asking" }>): Promise<void> {
  const { deps, subscription, webhook } = turn;
  const listed = await list(turn);
  if (!("ids" in listed)) return tryAgain(turn, listed.failed, "pending");
  const unknown = listed.ids.filter((id) => id !== subscription.remoteId && !subscription.leaving.includes(id));
  const [found, ...others] = unknown;
  if (found !== undefined && asked.settings === turn.settings && (await hasSecret(deps, subscription, webhook))) {
    const leaving = [...others, subscription.remoteId].reduce(withId, subscription.leaving);
    const change: Change = { remoteId: found, leaving, settled: writeSettled({ is: "told", settings: asked.settings }) };
    const note = { step: "adopted", message: `the provider has it as ${found}` } as const;
    return end(turn, { ...change, ...live(turn, leaving, null) }, note, goingBack(subscription));
  }
  // One whose secret or settings nobody knows is of no use.
  const leaving = unknown.reduce(withId, subscription.leaving);
  const wait = subscription.attempts === 0 ? 0 : backOffMs(subscription.attempts, null);
  return end(turn, { leaving, settled: null, nextAt: deps.clock() + (leaving.length > 0 ? 0 : wait) });
}

/** It is there, but cannot be verified before the provider has sent its secret. */
export async function waitForSecret(turn: Turn): Promise<void> {
  const { deps, subscription, webhook } = turn;
  if (await hasSecret(deps, subscription, webhook))
    return end(turn, live(turn, subscription.leaving, subscription.expiresAt), undefined, goingBack(subscription));
  const attempts = subscription.attempts + 1;
  if (attempts <= looksForSecret)
    return end(turn, { reason: noSecretYet, attempts, nextAt: deps.clock() + backOffMs(attempts, null) });
  // It never came: the next try is a new subscription.
  const leaving = withId(subscription.leaving, subscription.remoteId);
  return end(
    turn,
    {
      state: "failed",
      reason: noSecretYet,
      remoteId: null,
      leaving,
      settled: null,
      attempts: 0,
      nextAt: deps.clock() + refusedAgainMs,
    },
    { step: "failed", message: noSecretYet },
  );
}

function withId(ids: readonly string[], id: string | null): string[] {
  return id === null || ids.includes(id) ? [...ids] : [...ids, id];
}

function namesId({ inputs }: { inputs: object }): boolean {
  return JSON.stringify(inputs).includes("subscription.id");
}
