import type { CodePool } from "../expressions/code-pool.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import type { JournalRecord } from "../store/engine-store.ts";
import { type CrashPlan, type CrashRuntime, neverCrash, startCrashRuntime } from "./crash-runtime.ts";
import { createRandom } from "./random-program.ts";
import { differences, foldFaults } from "./run-outcome.ts";

export type SweepReport = {
  programs: number;
  crashes: number;
  /** Programs that came to something else than without a crash, with the first difference. */
  mismatches: { seed: number; fault: string }[];
  repeatedSteps: number;
  /** Runs that came to a standstill. */
  stuck: number;
  faults: string[];
};

type Sweep = {
  programs: number;
  seed: number;
  jsonata: Pick<JsonataPool, "evaluate">;
  code: Pick<CodePool, "run">;
};

const inBatch = 50;
/** A process ends with all that goes on at the time, so fewer of these take place. */
const crashesWanted = 15;

/** Runs random programs, many at a time, once without a crash and once with many; both must come to the same. */
export async function sweepPrograms({ programs, seed, ...shared }: Sweep): Promise<SweepReport> {
  const report: SweepReport = { programs: 0, crashes: 0, mismatches: [], repeatedSteps: 0, stuck: 0, faults: [] };
  for (let first = 0; first < programs; first += inBatch) {
    const seeds = Array.from({ length: Math.min(inBatch, programs - first) }, (_, at) => seed * 1_000_003 + first + at);
    await sweepBatch(seeds, shared, report);
  }
  return report;
}

async function sweepBatch(seeds: number[], shared: Pick<Sweep, "jsonata" | "code">, report: SweepReport): Promise<void> {
  const calm = await runAll(seeds, shared, neverCrash);
  // As many points as without a crash, and some more.
  const random = createRandom(seeds[0] ?? 0);
  const rate = crashesWanted / Math.max(1, calm.points);
  const rough = await runAll(seeds, shared, () => (random() < rate ? (random() < 0.5 ? "before" : "after") : null));
  report.programs += seeds.length;
  report.crashes += rough.crashes;
  report.repeatedSteps += rough.repeated + calm.repeated;
  report.stuck += rough.stuck + calm.stuck;
  report.faults.push(...calm.faults, ...rough.faults);
  for (const [at, seed] of seeds.entries()) {
    const one = calm.records[at] ?? [];
    const other = rough.records[at] ?? [];
    const [fault] = [...foldFaults(one), ...foldFaults(other), ...differences(one, other)];
    if (fault !== undefined) report.mismatches.push({ seed, fault });
  }
  report.mismatches.push(...callFaults(calm.sent, rough.sent, rough.crashes).map((fault) => ({ seed: seeds[0] ?? 0, fault })));
}

type Ran = {
  points: number;
  crashes: number;
  repeated: number;
  stuck: number;
  faults: string[];
  records: JournalRecord[][];
  sent: CrashRuntime["oracle"]["sent"];
};

async function runAll(seeds: number[], shared: Pick<Sweep, "jsonata" | "code">, plan: CrashPlan): Promise<Ran> {
  const runtime = await startCrashRuntime(shared);
  try {
    const runs = await runtime.startRandom(seeds);
    const stuck = await runtime.settle(plan);
    const records = await Promise.all(runs.map((run) => runtime.records(run)));
    const { oracle, points, crashes } = runtime;
    const faults = oracle.faults.map(String);
    return { points, crashes, repeated: oracle.repeated.length, stuck: stuck.length, faults, records, sent: oracle.sent };
  } finally {
    await runtime.close();
  }
}

/** Each call was sent as often as without a crash, and once more at most for each crash; with one key, and never silently when unsafe. */
export function callFaults(calm: Ran["sent"], rough: Ran["sent"], crashes: number): string[] {
  const faults: string[] = [];
  for (const [name, { times }] of calm)
    if ((rough.get(name)?.times ?? 0) < Math.min(times, 1)) faults.push(`${name} was never sent`);
  for (const [name, { times, unsafe }] of rough) {
    const usual = calm.get(name)?.times ?? 0;
    if (usual === 0) faults.push(`${name} was sent, and not without a crash`);
    if (times > usual + crashes) faults.push(`${name} was sent ${times} times`);
    if (unsafe && times > 1) faults.push(`${name} is unsafe and was sent ${times} times`);
  }
  return faults;
}
