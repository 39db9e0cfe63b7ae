import { expect, it } from "vitest";
import { createCodePool } from "../../runtime/expressions/code-pool.ts";
import { createJsonataPool } from "../../runtime/expressions/jsonata-pool.ts";
import { sweepKills } from "./sweep-kills.ts";

it("random programs come to the same however often their process is killed, and no call is made again whose result was journaled (T2)", async () => {
  const [jsonata, code] = [createJsonataPool(), createCodePool()];
  const report = await sweepKills({ kills: 60, seed: 3, jsonata, code });
  await Promise.all([jsonata.close(), code.close()]);
  expect(report).toMatchObject({ kills: 60, mismatches: [], repeatedSteps: 0, stuck: 0 });
}, 300_000);
