import { afterAll, beforeAll, expect, it } from "vitest";
import { type CodePool, createCodePool } from "../expressions/code-pool.ts";
import { createJsonataPool, type JsonataPool } from "../expressions/jsonata-pool.ts";
import { childFlow, crashFlows } from "../testing/crash-flows.ts";
import { type CrashRuntime, neverCrash, startCrashRuntime } from "../testing/crash-runtime.ts";
import type { Side } from "../testing/engine-life.ts";
import { journalFaults, outcomeOf } from "../testing/run-outcome.ts";

let jsonata: JsonataPool;
let code: CodePool;
let runtime: CrashRuntime;
let child: string;
beforeAll(async () => {
  jsonata = createJsonataPool();
  code = createCodePool();
  runtime = await startCrashRuntime({ jsonata, code });
  child = await runtime.publish(childFlow.document(""), childFlow.name);
});
afterAll(async () => {
  await runtime.close();
  await Promise.all([jsonata.close(), code.close()]);
});

/** Runs a flow once, and gives what it came to, with its own name taken out. */
async function once(flow: string, of: string, plan: Parameters<CrashRuntime["settle"]>[0]) {
  const before = { points: runtime.points, crashes: runtime.crashes };
  const run = await runtime.start(flow, { of, n: 2 });
  const stuck = await runtime.settle(plan);
  const records = await runtime.records(run);
  return {
    stuck,
    faults: journalFaults(records.map(({ entry }) => entry)),
    outcome: JSON.stringify(outcomeOf(records)).replaceAll(of, "OF"),
    points: runtime.points - before.points,
    crashes: runtime.crashes - before.crashes,
    sent: new Map(
      [...runtime.oracle.sent].flatMap(([name, sent]) =>
        name.startsWith(`${of}/`) ? [[name.slice(of.length), sent] as const] : [],
      ),
    ),
  };
}

it.each(crashFlows.map(({ name, document }) => [name, document] as const))(
  "a crash at any point of %s changes nothing that it comes to (T1)",
  async (name, document) => {
    const flow = await runtime.publish(document(child), name);
    const calm = await once(flow, `${name} calm`, neverCrash);
    expect([calm.stuck, calm.faults, calm.crashes]).toEqual([[], [], 0]);
    expect(calm.points).toBeGreaterThan(1);
    for (let at = 1; at <= calm.points; at += 1)
      for (const side of ["before", "after"] satisfies Side[]) {
        const first = runtime.points;
        const of = `${name} ${side} ${at}`;
        const rough = await once(flow, of, (point) => (point === first + at ? side : null));
        expect({ at: of, crashes: rough.crashes, stuck: rough.stuck, faults: rough.faults }).toEqual({
          at: of,
          crashes: 1,
          stuck: [],
          faults: [],
        });
        expect(rough.outcome, of).toBe(calm.outcome);
        for (const [call, { times, unsafe, keys }] of rough.sent) {
          const usual = calm.sent.get(call)?.times ?? 0;
          expect(times, `${of}${call}`).toBeLessThanOrEqual(usual + 1);
          if (unsafe) expect(times, `${of}${call}`).toBe(1);
          if (usual === 1 && keys.size > 0) expect(keys.size, `${of}${call}`).toBe(1);
        }
        expect([...rough.sent.keys()].sort(), of).toEqual([...calm.sent.keys()].sort());
      }
    expect(runtime.oracle.repeated).toEqual([]);
    expect(runtime.oracle.faults).toEqual([]);
  },
  60_000,
);

it("a run that ends its worker each time it is taken up is failed for good after ten times, in one write like any other (E6)", async () => {
  const flow = await runtime.publish(childFlow.document(""), "Poison");
  const run = await runtime.start(flow, { of: "poison" });
  const before = runtime.crashes;
  let life = before;
  let inLife = 0;
  // Begun, noted that it was taken over, and gone before anything else is on disk: the end of the run as well, the first times.
  await runtime.settle(() => {
    if (life !== runtime.crashes) inLife = 0;
    life = runtime.crashes;
    inLife += 1;
    return inLife >= 3 && runtime.crashes - before < 12 ? "before" : null;
  });
  const entries = (await runtime.records(run)).map(({ entry }) => entry);
  expect(entries.at(-1)).toMatchObject({ kind: "run-finished", status: "failed", error: { code: "resumed_in_vain" } });
  expect(entries.slice(0, -1).map(({ kind }) => kind)).not.toContain("attempt-started");
  expect(entries.filter(({ kind }) => kind === "run-resumed").length).toBeGreaterThanOrEqual(10);
});
