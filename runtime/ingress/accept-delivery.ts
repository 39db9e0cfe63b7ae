import { passesFilters } from "../../shared/event/passes-filters.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import { correlationsOf } from "../engine/correlation.ts";
import type { SetTimer } from "../engine/timer.ts";
import { parseBody } from "../events/parse-body.ts";
import type { LoadVersion, RunnableVersion } from "../flows/load-version.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Bus } from "../store/bus.ts";
import type { EngineStore, IngestAllOutcome, IngestOutcome, NewRun } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";
import type { Certificates } from "./certificates.ts";
import { isAnswerable } from "./challenge/answer-challenge.ts";
import { globalTargets, type Target, targetOf } from "./global-targets.ts";
import type { Incoming, Ingest, IngestAll } from "./ingest.ts";
import type { LoadedHook } from "./load-hook.ts";
import type { CompiledRecipe } from "./verify/compile-recipe.ts";
import { type Accepted, type Delivery, type Refused, refused } from "./verify/delivery.ts";
import { maskHeaders, maskQuery } from "./verify/mask-headers.ts";
import { verifyDelivery } from "./verify/verify-delivery.ts";
import { waitForAnswer } from "./wait-for-answer.ts";

export type AcceptDeps = {
  sql: Sql;
  loadVersion: LoadVersion;
  ingest: Ingest;
  ingestAll: IngestAll;
  engine: EngineStore;
  bus: Bus;
  clock: Clock;
  ids: Ids;
  setTimer: SetTimer;
  certificates: Certificates;
};

/** One request to a hook, as it was received. `headers` and `query` are whole: they are masked before they are stored. */
export type Received = {
  hook: LoadedHook;
  delivery: Delivery;
  headers: Record<string, string>;
  query: Record<string, string[]>;
  /** Of the run that it starts: a flow of ours may be calling. */
  depth: number;
  requestId: string;
};

export type Waiter = ReturnType<typeof waitForAnswer>;
export type Acceptance =
  | { outcome: "refused"; refusal: Refused }
  /** `responds`: the flow answers its sender; `waiter` has listened since before the commit. */
  | { outcome: "one"; ingested: IngestOutcome; responds: boolean; waiter: Waiter | null }
  | { outcome: "several"; ingested: IngestAllOutcome };

/**
 * Stages 2 and 3 of the path: verifies a delivery on its raw bytes, cuts a batch into its events, lets each go through the trigger's
 * filters, and stores all of it in one commit.
 */
export async function acceptDelivery(deps: AcceptDeps, received: Received): Promise<Acceptance> {
  const { hook, delivery } = received;
  const { compiled } = hook;
  if (!compiled) return { outcome: "refused", refusal: refused("secret_missing") };
  const now = deps.clock();
  if (isAnswerable(hook, delivery.body)) return { outcome: "refused", refusal: refused("signature_mismatch") };
  const verified = await verify(deps, compiled, delivery, now);
  if (verified.outcome === "refused") return { outcome: "refused", refusal: verified };
  if (hook.recipe.batch === undefined && hook.routing === null) {
    const single = { body: delivery.body, dedupeKey: verified.dedupeKey, eventType: compiled.eventType(delivery) };
    return acceptOne(deps, received, { ...single, target: targetOf(hook), verified, now });
  }
  const split = compiled.split(delivery);
  if ("outcome" in split) return { outcome: "refused", refusal: split };
  return { outcome: "several", ingested: await acceptSeveral(deps, received, { items: split.items, verified, now }) };
}

async function verify(
  { certificates }: AcceptDeps,
  compiled: CompiledRecipe,
  delivery: Delivery,
  now: number,
): Promise<Accepted | Refused> {
  const url = compiled.certificateUrl(delivery);
  if (url === null) return verifyDelivery(compiled, delivery, now);
  if ("outcome" in url) return url;
  const certificate = await certificates(url);
  return certificate === null ? refused("certificate_unavailable") : verifyDelivery(compiled, delivery, now, certificate);
}

type Item = { body: Uint8Array; dedupeKey: string | null; eventType: string | null };
type Verified = { verified: Accepted; now: number };

async function acceptOne(deps: AcceptDeps, received: Received, item: Item & Verified & { target: Target }): Promise<Acceptance> {
  const { answerWithinMs } = received.hook.answer;
  const { incoming, started } = await eventFor(deps, received, item);
  const responds = answerWithinMs > 0 && (started?.version.flow.nodes.some((node) => node.kind === "respond") ?? false);
  // Before the commit, so that an answer given at once is not missed.
  const waiter = started && responds ? waitForAnswer(deps, started.run.id, answerWithinMs) : null;
  const ingested = await deps.ingest(incoming, started?.run ?? null);
  if (ingested.outcome === "accepted" && !ingested.resumed) return { outcome: "one", ingested, responds, waiter };
  waiter?.stop();
  // The run that goes on owes this sender no answer.
  return { outcome: "one", ingested, responds: responds && ingested.outcome !== "accepted", waiter: null };
}

async function acceptSeveral(
  deps: AcceptDeps,
  received: Received,
  { items, verified, now }: Verified & { items: Item[] },
): Promise<IngestAllOutcome> {
  const { hook, delivery } = received;
  const bodies = items.map(({ body }) => body);
  const targets = hook.routing === null ? items.map(() => [targetOf(hook)]) : await globalTargets(deps.sql, hook, bodies);
  const events: { incoming: Incoming; run: NewRun | null }[] = [];
  for (const [index, item] of items.entries())
    for (const target of targets[index] ?? []) {
      const { incoming, started } = await eventFor(deps, received, { ...item, target, verified, now });
      events.push({ incoming, run: started?.run ?? null });
    }
  if (events.length === 0) {
    // An empty batch starts nothing, and is kept all the same: it was accepted.
    const whole = { body: delivery.body, dedupeKey: null, eventType: null, verified, now };
    const { incoming } = await eventFor(deps, received, { ...whole, target: { ...targetOf(hook), version: null } });
    return deps.ingestAll(null, [{ incoming, run: null }]);
  }
  return deps.ingestAll(hook.recipe.batch === undefined ? null : { hook: hook.id, body: delivery.body }, events);
}

type Started = { run: NewRun; version: RunnableVersion };

/** One event and what it starts: nothing while its flow is paused, before the first publication, or when a filter keeps it back. */
async function eventFor(
  deps: AcceptDeps,
  { hook, delivery, headers, query, depth }: Received,
  { target, body, dedupeKey, eventType, verified, now }: Item & Verified & { target: Target },
): Promise<{ incoming: Incoming; started: Started | null }> {
  const { filters, inputs, version } = target;
  const passes = filters.length === 0 || passesFilters(filters, parseBody(body).value, inputs);
  const started =
    passes && !target.paused && version !== null
      ? await startOf(deps, hook.workspace, { id: version, node: target.node, depth })
      : null;
  const correlations = started && correlationsOf(started.version, target.node, () => parseBody(body).value);
  const incoming: Incoming = {
    ...(correlations && { correlations }),
    workspace: hook.workspace,
    source: hook.kind === "api" ? "api" : "webhook",
    hook: target.hook,
    flow: target.flow,
    node: target.node,
    receivedAt: now,
    method: delivery.method,
    headers: JSON.stringify(maskHeaders(headers, hook.recipe)),
    query: Object.keys(query).length === 0 ? "{}" : JSON.stringify(maskQuery(query, hook.recipe)),
    contentType: delivery.headers("content-type"),
    body,
    dedupe: dedupeKey === null ? null : { scope: target.hook, key: dedupeKey, windowMs: hook.recipe.dedupe?.windowMs ?? 0 },
    eventType,
    verified: verified.verifiedBy,
    held: passes && target.paused && version !== null,
    filtered: !passes,
  };
  return { incoming, started };
}

/** Null when the published version no longer has the trigger. */
async function startOf(
  { loadVersion, ids }: AcceptDeps,
  workspace: string,
  { id, node, depth }: { id: string; node: string; depth: number },
): Promise<Started | null> {
  const version = await loadVersion(workspace, id);
  const trigger = version.graph.nodes.get(node);
  if (!trigger || !isTrigger(trigger)) return null;
  return { run: { id: ids.next("run"), flowVersion: version.id, trigger: node, depth }, version };
}
