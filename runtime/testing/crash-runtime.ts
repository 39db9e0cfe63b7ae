import { setImmediate as nextTurn } from "node:timers/promises";
import { createManualTimers } from "../engine/manual-timers.ts";
import type { CodePool } from "../expressions/code-pool.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import { createIds } from "../ids.ts";
import type { JournalRecord } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import { answerPeople } from "./answer-people.ts";
import { type CallOracle, createCallOracle } from "./call-oracle.ts";
import { type Side, startLife } from "./engine-life.ts";
import { openProgramDesk, type ProgramDesk } from "./program-desk.ts";
import { openTestSqlite } from "./test-sqlite.ts";

/** Asked at each point, which are counted from 1: every commit of the engine, and every call. */
export type CrashPlan = (point: number) => Side | null;
export const neverCrash: CrashPlan = () => null;

export type CrashRuntime = ProgramDesk & {
  pair(): Pair;
  oracle: CallOracle;
  /** How many points were passed, and how often it crashed. */
  readonly points: number;
  readonly crashes: number;
  /** Carries all runs on to their end, over every crash of the plan. Gives the runs that came to a standstill. */
  settle(plan: CrashPlan): Promise<string[]>;
  records(run: string): Promise<JournalRecord[]>;
  close(): Promise<void>;
};

type Shared = { jsonata: Pick<JsonataPool, "evaluate">; code: Pick<CodePool, "run"> };

/** How long nothing at all may happen before what is left counts as stuck: a process for code takes its time to start. */
const patienceMs = 15_000;

/**
 * The engine on a real database file, whose process can end at any point: everything that it was about to do then never happens, the file is
 * opened again, and a new worker takes up what was left. The clock jumps to what is due next.
 */
export async function startCrashRuntime({ jsonata, code }: Shared): Promise<CrashRuntime> {
  const database = openTestSqlite();
  const { clock } = database;
  const ids = createIds(clock);
  const oracle = createCallOracle(clock);
  let points = 0;
  let crashes = 0;
  let life = begin(neverCrash);
  life.end();

  function begin(plan: CrashPlan) {
    const atPoint = () => {
      points += 1;
      return plan(points);
    };
    const timers = createManualTimers(clock);
    const started = startLife({
      pair: database.pair,
      clock,
      ids,
      jsonata,
      code,
      setTimer: timers.setTimer,
      outbound: oracle.outbound,
      journaled: oracle.journaled,
      fault: (error) => void oracle.faults.push(error),
      atPoint,
    });
    return { ...started, fire: timers.fire };
  }

  const desk = await openProgramDesk({ pair: () => database.pair, clock, ids });

  async function reopen(plan: CrashPlan): Promise<void> {
    life.end();
    await database.pair.close();
    await database.reopen();
    life = begin(plan);
  }

  async function unfinished(): Promise<string[]> {
    const rows = await database.pair.sql.read<{ id: string }>(`SELECT id FROM runs WHERE finished_at IS NULL`);
    return rows.map(({ id }) => id);
  }

  /** Between two of them nobody carries runs on. */
  async function settle(plan: CrashPlan): Promise<string[]> {
    await reopen(plan);
    const stuck = await carryOn(plan);
    life.end();
    return stuck;
  }

  async function carryOn(plan: CrashPlan): Promise<string[]> {
    let moved = { points, at: performance.now() };
    for (;;) {
      await nextTurn();
      if (points !== moved.points) moved = { points, at: performance.now() };
      if (performance.now() - moved.at > patienceMs) return unfinished();
      if (life.crashed()) {
        crashes += 1;
        await reopen(plan);
        continue;
      }
      const due = await database.pair.queue.nextDue();
      if (life.worker.active > 0 || (due !== null && due <= clock())) continue;
      // Before a deadline is let pass.
      if ((await answerPeople(database.pair, oracle)) > 0) continue;
      if (due !== null) {
        clock.advance(due - clock());
        life.fire();
      } else if ((await unfinished()).length === 0) return [];
    }
  }

  return {
    ...desk,
    pair: () => database.pair,
    oracle,
    get points() {
      return points;
    },
    get crashes() {
      return crashes;
    },
    settle,
    records: (run) => database.pair.engine.journal(run, 0, { bare: false }),
    async close() {
      life.end();
      await database.close();
    },
  };
}
