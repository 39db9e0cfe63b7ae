import { afterAll, beforeAll, expect, it } from "vitest";
import { type CodePool, createCodePool } from "../expressions/code-pool.ts";
import { createJsonataPool, type JsonataPool } from "../expressions/jsonata-pool.ts";
import { sweepPrograms } from "../testing/sweep-programs.ts";

let jsonata: JsonataPool;
let code: CodePool;
beforeAll(() => {
  jsonata = createJsonataPool();
  code = createCodePool();
});
afterAll(() => Promise.all([jsonata.close(), code.close()]));

const programs = Number(process.env.PATCHBAY_SWEEP_PROGRAMS ?? 2_000);
const seed = Number(process.env.PATCHBAY_SWEEP_SEED ?? 1);

it("random programs come to the same however often the process ends, and no call is made again whose result was journaled (T2)", async () => {
  const report = await sweepPrograms({ programs, seed, jsonata, code });
  expect(report.crashes).toBeGreaterThan(programs / 5);
  expect(report).toMatchObject({ programs, mismatches: [], repeatedSteps: 0, stuck: 0, faults: [] });
}, 600_000);
