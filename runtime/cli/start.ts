import { readConfig } from "../config.ts";
import { createRuntime, type Role } from "../create-runtime.ts";
import { createLog } from "../log.ts";
import { closeOnSignal } from "./close-on-signal.ts";

const names: Record<Role, string> = { start: "Patchbay", api: "A Patchbay API node", worker: "A Patchbay worker" };

/** Does a role's work until it is told to stop. */
export async function start(role: Role): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const { url, setupUrl, close } = await createRuntime({ role, config, env: process.env, log });
  closeOnSignal(close);
  process.stdout.write(`\n  ${names[role]} is running${url === null ? "" : ` at ${url}`}\n`);
  if (setupUrl) process.stdout.write(`\n  Create the first administrator (this link works once):\n  ${setupUrl}\n`);
  process.stdout.write("\n  Ready. Stop with Ctrl C.\n\n");
}
