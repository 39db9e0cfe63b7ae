import { readConfig } from "../config.ts";
import { createRuntime } from "../create-runtime.ts";
import { createLog } from "../log.ts";

/** Serves until SIGINT or SIGTERM; a second signal ends at once. */
export async function start(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const runtime = await createRuntime(config, process.env, log);
  process.stdout.write(`\n  Patchbay is running at ${runtime.url}\n`);
  if (runtime.setupUrl)
    process.stdout.write(`\n  Create the first administrator (this link works once):\n  ${runtime.setupUrl}\n`);
  process.stdout.write("\n  Ready. Stop with Ctrl C.\n\n");
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    void runtime.close().then(() => process.exit(0));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
}
