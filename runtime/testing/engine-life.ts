import { createKeyValues, type KeyValues } from "../engine/key-values.ts";
import type { SetTimer } from "../engine/timer.ts";
import { createWorker, type Worker } from "../engine/worker.ts";
import type { CodePool } from "../expressions/code-pool.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import { createFindFlow } from "../flows/find-flow.ts";
import { createLoadVersion } from "../flows/load-version.ts";
import type { Ids } from "../ids.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { EngineStore, JournalRecord } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";

export type Life = { worker: Worker; crashed(): boolean; end(): void };
/** Where the process ends: before something takes place, or after it did and before anybody learns of it. */
export type Side = "before" | "after";
export type LifeDeps = {
  pair: Pair;
  clock: () => number;
  ids: Ids;
  jsonata: Pick<JsonataPool, "evaluate">;
  code: Pick<CodePool, "run">;
  setTimer: SetTimer;
  outbound: Outbound;
  /** Told of records that are durable, and of faults that the worker reports. */
  journaled(records: JournalRecord[]): void;
  fault(error: unknown): void;
  /** Asked at each commit of the engine and each call: does the process end here? */
  atPoint(): Side | null;
};

/** The engine in one process, from its start to its end. */
export function startLife({ pair, clock, ids, jsonata, code, atPoint, ...deps }: LifeDeps): Life {
  let over = false;
  const never = new Promise<never>(() => {});

  /** Passes a point: what is done at it, unless the process ends there. */
  async function pass<T>(work: () => Promise<T>): Promise<T> {
    if (over) return never;
    const side = atPoint();
    if (side === "before") {
      over = true;
      return never;
    }
    const result = await work();
    if (side === "after") over = true;
    return over ? never : result;
  }

  const engine: EngineStore = {
    ...pair.engine,
    begin: (...args) => pass(() => pair.engine.begin(...args)),
    write: (request) =>
      pass(async () => {
        const outcome = await pair.engine.write(request);
        if (outcome.outcome === "written") deps.journaled(request.records);
        return outcome;
      }),
    signals: (run) => (over ? never : pair.engine.signals(run)),
    recover: (...args) => (over ? never : pair.engine.recover(...args)),
  };
  const stored = createKeyValues({ sql: pair.sql, clock });
  const keyValues: KeyValues = {
    ...stored,
    change: (...args) => pass(() => stored.change(...args)),
    first: (...args) => pass(() => stored.first(...args)),
  };
  const outbound = { ...deps.outbound, call: (input) => pass(() => deps.outbound.call(input)) } satisfies Outbound;
  const loadVersion = createLoadVersion(pair.sql);
  const worker = createWorker({
    pair: { ...pair, engine },
    engine,
    clock,
    ids,
    random: () => 0.5,
    setTimer: deps.setTimer,
    outbound,
    jsonata,
    code,
    keyValues,
    findFlow: createFindFlow(pair.sql, loadVersion),
    sandboxes: {},
    loadVersion,
    loadConnection: async () => null,
    resolveLink: () => never,
    waitLinks: { url: ({ step }) => `https://patchbay.example/w/${step}` },
    name: ids.next("wrk"),
    slots: 8,
    report: (_run, error) => {
      if (!over) deps.fault(error);
    },
  });
  worker.start();
  return {
    worker,
    crashed: () => over,
    end() {
      over = true;
    },
  };
}
