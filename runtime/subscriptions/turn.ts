import type { Connector } from "../../shared/connector/connector.ts";
import type { IncomingWebhook, RestHook } from "../../shared/connector/incoming-webhook.ts";
import type { SubscriptionState, SubscriptionStep } from "../../shared/event/subscription.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { Vault } from "../connections/vault.ts";
import type { Clock, Ids } from "../ids.ts";
import { newStep } from "../ingress/subscription-steps.ts";
import { createRedactor } from "../outbound/redact.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { callProvider, type ProviderDeps } from "./call-provider.ts";
import { fallingBack } from "./fall-back.ts";
import { backOffMs, refusedAgainMs } from "./next-look.ts";
import { readListed } from "./read-answer.ts";
import type { Settled } from "./settled.ts";
import { type Change, changing, type Subscription } from "./subscription-rows.ts";

export type SubscriptionDeps = ProviderDeps & {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  ids: Ids;
  publicUrl: string;
  loadConnector(workspace: string, version: string): Promise<Connector>;
};

/**
 * One subscription while it is ours: a single call to the provider at the most, whose meaning is stored before the next. What a call may
 * have done is stored before it is made, so that whoever comes after a crash knows what to ask for.
 */
export type Turn = {
  deps: SubscriptionDeps;
  subscription: Subscription;
  connector: Connector;
  webhook: IncomingWebhook;
  resthook: RestHook;
  url: string;
  settled: Settled;
  /** Name of the settings that the provider is to have. */
  settings: string;
  /** What is never written into its history, whoever says it. */
  secrets: string[];
};
export type Note = { step: SubscriptionStep; message: string };
export type Failed = Exclude<CallOutcome, { outcome: "succeeded" }>;
type Call = { endpoint: string; inputs: Record<string, Json> };

/** How many times in a row a passing fault is waited for before polling takes over. */
const patience = 3;

/** Makes one call of the subscription's life. */
export function ask(turn: Turn, call: Call, values: Record<string, Json>, key?: string): Promise<CallOutcome> {
  const { deps, subscription, connector } = turn;
  return callProvider(deps, {
    workspace: subscription.workspace,
    connector,
    connection: subscription.connection,
    call,
    values: { inputs: subscription.inputs, subscription: { id: subscription.remoteId ?? "" }, ...values },
    idempotencyKey: key ?? deps.ids.next("idk"),
    // Nobody else takes it before that.
    isOurs: () => deps.clock() < subscription.lease,
  });
}

/** The provider's ids of what posts to our URL. */
export async function list(turn: Turn): Promise<{ ids: string[] } | { failed: Failed }> {
  const { resthook, url } = turn;
  if (!resthook.list) return { ids: [] };
  const outcome = await ask(turn, resthook.list, { hook: { url } });
  if (outcome.outcome !== "succeeded") return { failed: outcome };
  const ids = readListed(resthook.list, outcome.body, url);
  if (ids !== null) return { ids };
  const message = `the answer of "${resthook.list.endpoint}" has no list at "${resthook.list.itemsPath}"`;
  return { failed: { outcome: "interrupted", message, durationMs: outcome.durationMs } };
}

/** A passing fault: later again; where nothing is live and it lasts, a trigger that polls takes over. */
export function tryAgain(turn: Turn, outcome: Failed, state: SubscriptionState, change: Change = {}): Promise<void> {
  const { deps, subscription, resthook } = turn;
  const attempts = subscription.attempts + 1;
  const now = deps.clock();
  const next = { state, attempts, reason: outcome.message, nextAt: now + backOffMs(attempts, outcome) };
  const lasts = state === "pending" && attempts >= patience;
  const more = lasts ? fallingBack(subscription, resthook, now) : [];
  return end(turn, { ...next, ...change }, { step: "retrying", message: outcome.message }, more);
}

/** The provider refuses: people are told, and once in a while it is tried again. */
export function fail(turn: Turn, message: string, change: Change = {}): Promise<void> {
  const { deps, subscription, resthook } = turn;
  const now = deps.clock();
  const next = { state: "failed", reason: message, attempts: subscription.attempts + 1, nextAt: now + refusedAgainMs } as const;
  return end(turn, { ...next, ...change }, { step: "failed", message }, fallingBack(subscription, resthook, now));
}

/** Ends the turn with a change. Where another has taken it over, what was found out counts for nothing. */
export async function end(turn: Turn, change: Change, note?: Note, more: Statement[] = []): Promise<void> {
  await write(turn, change, { notes: note ? [note] : [], keep: false, more });
}

/** False when the turn is over. A secret that the provider quotes, in whatever words, is not kept. */
export async function write(
  { deps, subscription, secrets }: Turn,
  change: Change,
  { notes, keep, more = [] }: { notes: Note[]; keep: boolean; more?: Statement[] },
): Promise<boolean> {
  const { workspace, id: hook } = subscription;
  const { text } = createRedactor(secrets);
  const said = change.reason ? { ...change, reason: text(change.reason) } : change;
  const written = await deps.sql.commit([
    changing(subscription, said, { keep }),
    ...notes.flatMap(({ step, message }) => newStep(deps, { workspace, hook, step, message: text(message) })),
    ...more,
  ]);
  if (written.outcome !== "committed") return false;
  subscription.revision += 1;
  return true;
}

export function isoTime(ms: number | null): string {
  return ms === null ? "" : new Date(ms).toISOString();
}
