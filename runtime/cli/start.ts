import { constants } from "node:os";
import { readConfig } from "../config.ts";
import { createRuntime } from "../create-runtime.ts";
import { createLog } from "../log.ts";

/** One Ctrl C can come several times, from the terminal and from npm: only a later one is another wish. */
const insistMs = 1_000;

/** Serves until SIGINT, SIGTERM or SIGHUP; another one after a second or more ends at once. */
export async function start(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const runtime = await createRuntime(config, process.env, log);
  process.stdout.write(`\n  Patchbay is running at ${runtime.url}\n`);
  if (runtime.setupUrl)
    process.stdout.write(`\n  Create the first administrator (this link works once):\n  ${runtime.setupUrl}\n`);
  process.stdout.write("\n  Ready. Stop with Ctrl C.\n\n");
  let stoppingSince: number | null = null;
  const stop = (signal: NodeJS.Signals) => {
    if (stoppingSince !== null) {
      if (performance.now() - stoppingSince >= insistMs) process.exit(128 + constants.signals[signal]);
      return;
    }
    stoppingSince = performance.now();
    void runtime.close().then(() => process.exit(0));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
}
