import { expect, it } from "vitest";
import { runChaos } from "./chaos.ts";
import type { PairName } from "./topology.ts";

/** Three minutes on each pair with `--full`, as CI runs it; ten seconds in every `npm test`; hours by `npm run chaos`. */
const seconds = process.env.PATCHBAY_FULL === "1" ? 180 : 10;
// A date, so that each day tries others; a failure prints the seed that repeats its faults.
const seed = Math.floor(Date.now() / 86_400_000);

it.each<PairName>(["embedded", "postgres"])(
  "keeps every promise on the %s pair while processes are killed and stopped: nothing lost, nothing twice",
  { timeout: 900_000 },
  async (pair) => {
    const { faults, ...report } = await runChaos({ pair, seconds, seed });
    process.stdout.write(`chaos: ${JSON.stringify(report)}\n`);
    expect(faults.slice(0, 20), `seed ${seed}`).toEqual([]);
    expect(report).toMatchObject({ lost: 0, duplicated: 0, stepsRepeated: 0, extraSends: 0, keyChanged: 0 });
    // A stop must hit the microseconds between a look and a write: more than a few in one campaign are no accident.
    expect(report.sentOnWaking).toBeLessThanOrEqual(2);
    expect(report.finished).toBe(report.acked);
    // It proves little unless kills found calls under way, and runs went on after them.
    expect(report.killsInFlight).toBeGreaterThanOrEqual(seconds / 20);
    expect(report.resumes).toBeGreaterThan(20);
    expect(report.acked).toBeGreaterThan(10 * seconds);
  },
);
