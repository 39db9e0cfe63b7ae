import { setImmediate as nextTurn } from "node:timers/promises";
import { createManualTimers } from "../engine/manual-timers.ts";
import type { CodePool } from "../expressions/code-pool.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import { createIds } from "../ids.ts";
import type { JournalRecord } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import { answerPeople } from "./answer-people.ts";
import { type CallOracle, createCallOracle } from "./call-oracle.ts";
import { openCrashDatabase } from "./crash-database.ts";
import { type Door, type Side, startLife } from "./engine-life.ts";
import { openProgramDesk, type ProgramDesk } from "./program-desk.ts";

/** Asked at each point, which are counted from 1: every commit of the engine, and every call. */
export type CrashPlan = (point: number) => Side | null;
export const neverCrash: CrashPlan = () => null;

/**
 * Something that comes from outside while runs are carried on. Whoever does it and is not told that it was done does it again, so it may be
 * called more than once.
 */
export type Act = (door: Door, passTime: (ms: number) => void) => Promise<unknown>;
/**
 * `acts`: done one after the other, each when nothing more happens by itself at the time; people then say nothing but what became of calls
 * whose outcome is unknown. `downMs`: so long nobody is there after a crash.
 */
export type Settling = { acts?: Act[]; downMs?: number };

export type CrashRuntime = ProgramDesk & {
  pair(): Pair;
  clock: () => number;
  oracle: CallOracle;
  /** How many points were passed, and how often it crashed. */
  readonly points: number;
  readonly crashes: number;
  /** Carries all runs on to their end, over every crash of the plan. Gives the runs that came to a standstill. */
  settle(plan: CrashPlan, settling?: Settling): Promise<string[]>;
  records(run: string): Promise<JournalRecord[]>;
  close(): Promise<void>;
};

type Shared = { jsonata: Pick<JsonataPool, "evaluate">; code: Pick<CodePool, "run"> };

/** How long nothing at all may happen before what is left counts as stuck: a process for code takes its time to start. */
const patienceMs = 15_000;
/** Hints between processes may be lost: whoever waits looks again each half second by itself, here after so much of real time. */
const look = { everyMs: 500, afterMs: 1_500 };

/**
 * The engine on a real database file, whose process can end at any point: everything that it was about to do then never happens, the file is
 * opened again, and a new worker takes up what was left. The clock jumps to what is due next.
 */
export async function startCrashRuntime({ jsonata, code }: Shared): Promise<CrashRuntime> {
  const database = await openCrashDatabase();
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
    await database.endProcess();
    life = begin(plan);
  }

  async function unfinished(): Promise<string[]> {
    const rows = await database.pair.sql.read<{ id: string }>(`SELECT id FROM runs WHERE finished_at IS NULL`);
    return rows.map(({ id }) => id);
  }

  /** Between two of them nobody carries runs on. */
  async function settle(plan: CrashPlan, settling: Settling = {}): Promise<string[]> {
    life = begin(plan);
    const stuck = await carryOn(plan, settling);
    life.end();
    return stuck;
  }

  async function carryOn(plan: CrashPlan, { acts, downMs = 0 }: Settling): Promise<string[]> {
    const left = [...(acts ?? [])];
    let moved = { points, at: performance.now() };
    let acting = false;
    let isSwept = true;
    let lookedAt = 0;
    for (;;) {
      await nextTurn();
      const now = performance.now();
      if (points !== moved.points) moved = { points, at: now };
      if (now - moved.at > patienceMs) return unfinished();
      if (!acting && now - Math.max(moved.at, lookedAt) > look.afterMs) {
        lookedAt = now;
        passTime(look.everyMs);
      }
      if (life.crashed()) {
        crashes += 1;
        acting = false;
        isSwept = acts === undefined;
        clock.advance(downMs);
        await reopen(plan);
        continue;
      }
      if (acting || life.busy()) continue;
      const due = await database.pair.queue.nextDue();
      if ((due !== null && due <= clock()) || !(await database.isAtRest()) || life.busy()) continue;
      // Before anything else comes from outside, and before a deadline is let pass.
      if ((await answerPeople(database.pair, oracle, acts ? "unknown-outcomes" : "all")) > 0) continue;
      const [act] = left;
      if (act || !isSwept) {
        acting = true;
        const mine = life;
        // What a crash has left undone is made up for as late as may be.
        const work = act ? act(mine.door, passTime) : mine.door.turns.sweep();
        void work.then(
          () => {
            if (mine !== life) return;
            if (act) left.shift();
            else isSwept = true;
            acting = false;
          },
          (error) => !mine.crashed() && oracle.faults.push(error),
        );
        continue;
      }
      if (due !== null) passTime(due - clock());
      else if ((await unfinished()).length === 0) return [];
    }
  }

  function passTime(ms: number): void {
    clock.advance(ms);
    life.fire();
  }

  return {
    ...desk,
    pair: () => database.pair,
    clock,
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
