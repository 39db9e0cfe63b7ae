import type { Duty } from "../duties/duties.ts";
import type { Clock } from "../ids.ts";
import type { EngineStore } from "../store/engine-store.ts";

type Deps = { engine: Pick<EngineStore, "purgeDedupe">; clock: Clock };

/** Deletes dedupe keys whose window is over: in small batches until none is left, so that deliveries are stored between them. */
export function purgeDedupeKeys({ engine, clock }: Deps): Duty {
  return {
    name: "purge-dedupe-keys",
    everyMs: 60_000,
    async run(signal) {
      while (!signal.aborted && (await engine.purgeDedupe(clock())) > 0);
    },
  };
}
