import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { postgresUrl } from "./postgres-url.ts";

/**
 * What an operator's command goes by. Where no database is named and a cluster runs on the data folder, that is the cluster's
 * database, with the key beside it: the same command then works whichever of the two was started here.
 */
export function operatorsEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.DATABASE_URL) return env;
  const { dataDir } = readConfig(env);
  const port = portOfRunning(join(dataDir, "postgres"));
  if (port === null) return env;
  const hasKey = env.PATCHBAY_ENCRYPTION_KEY !== undefined || env.PATCHBAY_ENCRYPTION_KEY_FILE !== undefined;
  return {
    ...env,
    DATABASE_URL: postgresUrl(port),
    ...(!hasKey && { PATCHBAY_ENCRYPTION_KEY_FILE: join(dataDir, "patchbay.key") }),
  };
}

/** From the file that Postgres keeps while it runs: its process in the first line, its port in the fourth. */
function portOfRunning(folder: string): number | null {
  let lines: string[];
  try {
    lines = readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return null;
  }
  // It is left behind where Postgres was killed.
  return isAlive(Number(lines[0])) ? Number(lines[3]) || null : null;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It may be another user's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
