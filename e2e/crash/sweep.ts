import { parseArgs } from "node:util";
import { createCodePool } from "../../runtime/expressions/code-pool.ts";
import { createJsonataPool } from "../../runtime/expressions/jsonata-pool.ts";
import { sweepPrograms } from "../../runtime/testing/sweep-programs.ts";
import { AppError } from "../../shared/app-error.ts";
import { sweepKills } from "./sweep-kills.ts";

/**
 * `npm run sweep -- [--programs N] [--seed S] [--kills K]`: N random programs whose process ends at random points within this one, then others in
 * processes of their own that are killed K times (a thirtieth of N unless given). One JSON line; exit code 1 when a promise was broken, with the
 * first faults on standard error.
 */
const { values } = parseArgs({
  options: { programs: { type: "string", default: "2000" }, seed: { type: "string", default: "1" }, kills: { type: "string" } },
});
const faultsShown = 20;

const programs = whole("programs", values.programs, 1, 10_000_000);
const seed = whole("seed", values.seed, 0, 2 ** 31);
const kills = whole("kills", values.kills ?? String(Math.ceil(programs / 30)), 0, 1_000_000);
const jsonata = createJsonataPool();
const code = createCodePool();
const inProcess = await sweepPrograms({ programs, seed, jsonata, code });
const killed = await sweepKills({ kills, seed: seed + 1, jsonata, code });
const mismatches = [...inProcess.mismatches, ...killed.mismatches];
const report = {
  programs: inProcess.programs + killed.programs,
  crashes: inProcess.crashes,
  kills: killed.kills,
  mismatches: mismatches.length,
  repeatedSteps: inProcess.repeatedSteps + killed.repeatedSteps,
  stuck: inProcess.stuck + killed.stuck,
};
process.stdout.write(`${JSON.stringify(report)}\n`);
for (const fault of [...mismatches, ...inProcess.faults].slice(0, faultsShown))
  process.stderr.write(`${JSON.stringify(fault)}\n`);
process.exit(report.mismatches + report.repeatedSteps + report.stuck + inProcess.faults.length > 0 ? 1 : 0);

function whole(name: string, given: string, min: number, max: number): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new AppError("bad_request", `--${name} must be a whole number from ${min} to ${max}`);
  return value;
}
