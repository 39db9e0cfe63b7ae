import { afterAll, beforeAll, expect, it } from "vitest";
import { type CodePool, createCodePool } from "../expressions/code-pool.ts";
import { createJsonataPool, type JsonataPool } from "../expressions/jsonata-pool.ts";
import { type CrashRuntime, neverCrash, startCrashRuntime } from "../testing/crash-runtime.ts";
import { crashScenarios } from "../testing/crash-scenarios.ts";
import { play, type Scenario } from "../testing/crash-stage.ts";
import type { Side } from "../testing/engine-life.ts";

let jsonata: JsonataPool;
let code: CodePool;
let runtime: CrashRuntime;
beforeAll(async () => {
  jsonata = createJsonataPool();
  code = createCodePool();
  runtime = await startCrashRuntime({ jsonata, code });
});
afterAll(async () => {
  await runtime.close();
  await Promise.all([jsonata.close(), code.close()]);
});

/** Behind one point is nearly before the next: a full run tries both sides of each, any other one of them by turns. */
const isFull = process.env.PATCHBAY_FULL === "1";
const sidesOf = (at: number): Side[] => (isFull ? ["before", "after"] : at % 2 === 0 ? ["before"] : ["after"]);
/** On Postgres, where a process takes longer to come back, it tries some of the points. */
const stride = process.env.PATCHBAY_TEST_PAIR === "postgres" ? 5 : 1;

it.each(crashScenarios.map((scenario): [string, Scenario] => [scenario.name, scenario]))(
  "a crash at any point of %s changes nothing that it comes to (T1)",
  async (name, scenario) => {
    const calm = await play(runtime, scenario, `${name} calm`, neverCrash);
    expect([calm.stuck, calm.faults, calm.crashes, calm.statuses]).toEqual([[], [], 0, scenario.comesTo]);
    if (scenario.calls) expect([...calm.sent.keys()].sort()).toEqual(scenario.calls.map((call) => `/${call}`));
    let crashes = 0;
    for (let at = calm.spared + 1; at <= calm.points; at += stride)
      for (const side of sidesOf(at)) {
        const first = runtime.points;
        const of = `${name} ${side} ${at}`;
        const rough = await play(runtime, scenario, of, (point) => (point === first + at ? side : null));
        crashes += rough.crashes;
        // Of what goes on at the same time, a commit holds now more, now less.
        if (rough.crashes === 0) expect(rough.points).toBeLessThan(at);
        expect({ at: of, stuck: rough.stuck, faults: rough.faults }).toEqual({ at: of, stuck: [], faults: [] });
        expect(rough.outcome, of).toBe(calm.outcome);
        expect([...rough.sent.keys()].sort(), of).toEqual([...calm.sent.keys()].sort());
        for (const [call, { times, unsafe, keys }] of rough.sent) {
          const usual = calm.sent.get(call)?.times ?? 0;
          expect(times, `${of}${call}`).toBeLessThanOrEqual(unsafe ? 1 : usual + 1);
          if (usual === 1 && keys.size > 0) expect(keys.size, `${of}${call}`).toBe(1);
        }
      }
    expect(crashes).toBeGreaterThan((calm.points - calm.spared) / (2 * stride));
    expect(runtime.oracle.repeated).toEqual([]);
    expect(runtime.oracle.faults).toEqual([]);
  },
  60_000,
);
