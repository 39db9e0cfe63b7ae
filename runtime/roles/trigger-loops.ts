import { setRealTimer } from "../engine/timer.ts";
import { createIngest, createIngestAll } from "../ingress/ingest.ts";
import { pollDue } from "../ingress/poll.ts";
import { releaseHeld } from "../ingress/release.ts";
import { fireSchedules } from "../ingress/schedule.ts";
import { createTriggerLoop } from "../ingress/trigger-loop.ts";
import type { Log } from "../log.ts";
import { createLoadConnector } from "../subscriptions/load-connector.ts";
import { lookAfter } from "../subscriptions/look-after.ts";
import type { Base } from "./base.ts";

const everyMs = 1_000;

/**
 * What starts runs without anybody asking: schedules, polls, and events that were held; and what keeps subscriptions at providers. Every
 * node does this, each its part.
 */
export function createTriggerLoops(base: Base, log: Log): { start(): void; stop(): Promise<void> } {
  const { pair, ids } = base;
  const { engine } = pair;
  const report = (flow: string, error: unknown) => log.error({ flow, err: error }, "a trigger failed");
  const deps = { ...base, engine, report, ingest: createIngest({ engine, ids }), ingestAll: createIngestAll({ engine, ids }) };
  // A look at an API may take long, and a schedule does not wait for it.
  const looks = [fireSchedules, pollDue, releaseHeld].map((look) => (signal: AbortSignal) => look(deps, signal));
  const subscriptions = {
    ...base,
    publicUrl: base.config.publicUrl,
    loadConnector: createLoadConnector(base.sql),
    report: (hook: string, error: unknown) => log.error({ hook, err: error }, "a subscription could not be looked after"),
  };
  const loops = [...looks, (signal: AbortSignal) => lookAfter(subscriptions, signal)].map((look) =>
    createTriggerLoop({
      setTimer: setRealTimer,
      everyMs,
      look,
      report: (error) => log.error({ err: error }, "triggers could not be looked after"),
    }),
  );
  return {
    start() {
      for (const loop of loops) loop.start();
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
