import { setImmediate as nextTurn } from "node:timers/promises";
import type { BulkRepeats } from "../../shared/api/rerun.ts";
import { AppError } from "../../shared/app-error.ts";
import { countRepeats, type RerunDeps } from "./rerun.ts";

/** `entries`: the length of its journal. */
export type FoundRun = { id: string; entries: number };
type Found = { workspace: string; from: "failed" | "trigger"; runs: FoundRun[] };

/** Measured: a run takes 0.4 ms on SQLite and 2.5 on Postgres, an entry some 6 µs: together at most a second, one journal in memory. */
const most = { runs: 300, entries: 30_000 };

/** Counts what reruns of these runs would do over again: of the first of them, while whoever is asked can wait for it. */
export async function countBulkRepeats(deps: RerunDeps, { workspace, from, runs }: Found, limit = most): Promise<BulkRepeats> {
  const counted: BulkRepeats = { lookedAt: 0, calls: 0, unsafe: 0, unsafeRuns: 0, flows: 0 };
  let entries = 0;
  for (const run of runs.slice(0, limit.runs)) {
    entries += Number(run.entries);
    if (entries > limit.entries) break;
    const repeats = await repeatsOf(deps, { workspace, run: run.id, from, version: "same" });
    counted.lookedAt += 1;
    counted.calls += repeats.calls;
    counted.unsafe += repeats.unsafe;
    counted.unsafeRuns += repeats.unsafe > 0 ? 1 : 0;
    counted.flows += repeats.flows;
    // What is going on beside it gets its turn.
    await nextTurn();
  }
  return counted;
}

/** A run that cannot be run again repeats nothing. */
async function repeatsOf(deps: RerunDeps, rerun: Parameters<typeof countRepeats>[1]): ReturnType<typeof countRepeats> {
  try {
    return await countRepeats(deps, rerun);
  } catch (error) {
    if (error instanceof AppError) return { calls: 0, unsafe: 0, flows: 0 };
    throw error;
  }
}
