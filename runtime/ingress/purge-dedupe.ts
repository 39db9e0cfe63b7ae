import type { Clock } from "../ids.ts";
import type { EngineStore } from "../store/engine-store.ts";

type Deps = { engine: Pick<EngineStore, "purgeDedupe">; clock: Clock };

/**
 * Deletes dedupe keys whose window is over: every `everyMs`, in small batches until none is left, so that deliveries are stored
 * between them. `stop` waits for the batch under way.
 */
export function purgeDedupeKeys({ engine, clock }: Deps, everyMs: number): { stop(): Promise<void> } {
  let stopping = false;
  let purging: Promise<void> | null = null;
  const timer = setInterval(() => {
    purging ??= purge().finally(() => {
      purging = null;
    });
  }, everyMs);

  async function purge(): Promise<void> {
    while (!stopping && (await engine.purgeDedupe(clock())) > 0);
  }

  return {
    async stop() {
      clearInterval(timer);
      stopping = true;
      await purging;
    },
  };
}
