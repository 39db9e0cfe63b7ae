import { availableParallelism } from "node:os";

const oneHelper = "--v8-pool-size=1";

/**
 * Where the process has one core, V8's four helper threads share it with the server: while they mark the heap, it gets a fifth of
 * the time and stops for tenths of a second. Begins this process anew, under the same pid, with one helper.
 */
export function keepOneHelperOnOneCore(): void {
  if (availableParallelism() > 1 || process.execArgv.includes(oneHelper) || !process.execve) return;
  process.execve(process.execPath, [process.execPath, oneHelper, ...process.execArgv, ...process.argv.slice(1)], process.env);
}
