import { setImmediate as nextTurn } from "node:timers/promises";
import { createKeyValues, type KeyValues } from "../engine/key-values.ts";
import { createValueSealer } from "../engine/secret-values.ts";
import type { SetTimer } from "../engine/timer.ts";
import { createTurns, type Turns } from "../engine/turns.ts";
import { createWorker, type Worker } from "../engine/worker.ts";
import type { CodePool } from "../expressions/code-pool.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import { createFindFlow } from "../flows/find-flow.ts";
import { createLoadVersion } from "../flows/load-version.ts";
import type { Ids } from "../ids.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { EngineStore, JournalRecord } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import type { Queue } from "../store/queue.ts";
import type { Sql } from "../store/sql.ts";

/** What the process does besides carrying runs on goes through here, and passes points as well. */
export type Door = { engine: EngineStore; sql: Sql; turns: Turns };
export type Life = {
  worker: Worker;
  door: Door;
  /** Is anything going on that nobody waits for? */
  busy(): boolean;
  crashed(): boolean;
  end(): void;
};
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

/** For how many turns of the loop a process goes on whose writes no longer land. */
const turnsLeft = 3;

/** The engine in one process, from its start to its end. */
export function startLife({ pair, clock, ids, jsonata, code, atPoint, ...deps }: LifeDeps): Life {
  let over = false;
  let sinking = false;
  const never = new Promise<never>(() => {});

  /**
   * The write is on its way when the process ends: nothing lands any more, and what does not wait for that may still go out for a few turns of the
   * loop.
   */
  async function loseWrite(): Promise<never> {
    sinking = true;
    for (let turn = 0; turn < turnsLeft; turn += 1) await nextTurn();
    over = true;
    return never;
  }

  async function passWrite<T>(work: () => Promise<T>): Promise<T> {
    if (over || sinking) return never;
    const side = atPoint();
    return side === "before" ? loseWrite() : finish(side, work);
  }

  /** Passes a point: what is done at it, unless the process ends there. */
  async function pass<T>(work: () => Promise<T>): Promise<T> {
    if (over) return never;
    const side = atPoint();
    if (side === "before") {
      over = true;
      return never;
    }
    return finish(side, work);
  }

  async function finish<T>(side: Side | null, work: () => Promise<T>): Promise<T> {
    const result = await work();
    if (side === "after") over = true;
    return over ? never : result;
  }

  const engine: EngineStore = {
    ...pair.engine,
    begin: (...args) => passWrite(() => pair.engine.begin(...args)),
    write: (request) =>
      passWrite(async () => {
        const outcome = await pair.engine.write(request);
        if (outcome.outcome === "written") deps.journaled(request.records);
        return outcome;
      }),
    ingest: (...args) => passWrite(() => pair.engine.ingest(...args)),
    start: (...args) => passWrite(() => pair.engine.start(...args)),
    signal: (...args) => passWrite(() => pair.engine.signal(...args)),
    signals: (run) => (over ? never : pair.engine.signals(run)),
    recover: (...args) => (over ? never : pair.engine.recover(...args)),
  };
  const stored = createKeyValues({ sql: pair.sql, clock });
  const keyValues: KeyValues = {
    ...stored,
    change: (...args) => passWrite(() => stored.change(...args)),
    first: (...args) => passWrite(() => stored.first(...args)),
  };
  const sql: Sql = { ...pair.sql, commit: (statements) => passWrite(() => pair.sql.commit(statements)) };
  // Where others go on with the same database, who is gone takes nothing from them.
  const queue: Queue = {
    ...pair.queue,
    async claim(most) {
      if (over || sinking) return never;
      const claims = await pair.queue.claim(most);
      if (!over) return claims;
      await pair.queue.giveBack(claims);
      return never;
    },
    done: (claims) => (over ? never : pair.queue.done(claims)),
    giveBack: (claims) => (over ? never : pair.queue.giveBack(claims)),
  };
  const given = createTurns({ sql, engine });
  let ending = 0;
  const turns: Turns = {
    ...given,
    async end(run) {
      ending += 1;
      await given.end(run).finally(() => {
        ending -= 1;
      });
    },
  };
  const outbound = { ...deps.outbound, call: (input) => pass(() => deps.outbound.call(input)) } satisfies Outbound;
  const loadVersion = createLoadVersion(pair.sql);
  const worker = createWorker({
    pair: { ...pair, engine, queue },
    engine,
    clock,
    ids,
    random: () => 0.5,
    setTimer: deps.setTimer,
    outbound,
    jsonata,
    code,
    keyValues,
    turns,
    findFlow: createFindFlow(pair.sql, loadVersion),
    sandboxes: {},
    loadVersion,
    loadConnection: async () => null,
    resolveLink: () => never,
    sealer: createValueSealer(Buffer.alloc(32)),
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
    door: { engine, sql, turns },
    busy: () => worker.active > 0 || ending > 0,
    crashed: () => over,
    end() {
      over = true;
    },
  };
}
