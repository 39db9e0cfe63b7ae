import { parseArgs } from "node:util";
import { AppError } from "../../shared/app-error.ts";
import { runChaos } from "./chaos.ts";

/**
 * `npm run chaos -- --pair embedded|postgres [--seconds N] [--seed S] [--lanes N]`: one JSON line; exit code 1 when a promise was
 * broken, with the first faults on standard error.
 */
const { values } = parseArgs({
  options: {
    pair: { type: "string", default: "embedded" },
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    lanes: { type: "string", default: "48" },
  },
});
const faultsShown = 20;

const { pair } = values;
if (pair !== "embedded" && pair !== "postgres") throw new AppError("bad_request", "--pair must be embedded or postgres");
const { faults, ...report } = await runChaos({
  pair,
  seconds: whole("seconds", 1, 86_400),
  seed: whole("seed", 0, 2 ** 32 - 1),
  lanes: whole("lanes", 1, 1_000),
});
process.stdout.write(`${JSON.stringify({ ...report, faults: faults.length })}\n`);
for (const fault of faults.slice(0, faultsShown)) process.stderr.write(`${JSON.stringify(fault)}\n`);
process.exit(faults.length > 0 ? 1 : 0);

function whole(name: "seconds" | "seed" | "lanes", min: number, max: number): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new AppError("bad_request", `--${name} must be a whole number from ${min} to ${max}`);
  return value;
}
