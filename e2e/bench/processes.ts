import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type PostgresServer, startPostgres } from "../../runtime/cli/embedded-postgres.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Load, LoadResult } from "./generator.ts";

/** The server and its database have one core to themselves; generator and upstream share the other. Without taskset nothing is pinned. */
const canPin = spawnSync("taskset", ["--version"]).status === 0;
export const onServerCore = canPin ? ["taskset", "-c", "0"] : [];
const onOtherCore = canPin ? ["taskset", "-c", "1"] : [];
const onAnyCore: string[] = [];
const prefixes = { server: onServerCore, other: onOtherCore, any: onAnyCore };

const script = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

export type ScriptOptions = { args?: string[]; core: keyof typeof prefixes; env?: NodeJS.ProcessEnv };

/** Starts a script of this folder; settles when it prints "Ready.". */
export async function startScript(name: string, { args = [], core, env }: ScriptOptions): Promise<{ stop(): Promise<void> }> {
  const [program = "", ...rest] = [...prefixes[core], process.execPath, script(name), ...args];
  const child = spawn(program, rest, { env: env ?? process.env, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => line.includes("Ready.") && resolve());
    child.once("exit", (code) => reject(new AppError("internal", `${name} ended with ${code}`)));
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners("exit").once("exit", () => resolve());
        child.kill();
      }),
  };
}

/** `answers`: "any" lets others than 2xx pass. `aside`: the sender gives way to others on its core. */
export type RunOptions = { answers?: "2xx" | "any"; aside?: boolean };

/** Runs a load to its end. Throws when an answer was not 2xx, unless any is good: a figure made of errors is none. */
export async function runLoad(load: Load, { answers = "2xx", aside = false }: RunOptions = {}): Promise<LoadResult> {
  const generator = [...onOtherCore, process.execPath, script("generator.ts"), JSON.stringify(load)];
  const [program = "", ...args] = aside ? ["nice", "-n", "19", ...generator] : generator;
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const chunk of child.stdout) text += chunk;
  const result = JSON.parse(text) as LoadResult;
  const bad = Object.entries(result.statuses).filter(([status]) => !status.startsWith("2"));
  if ((answers === "2xx" && bad.length > 0) || result.sent === 0)
    throw new AppError("internal", `the load was not answered well: ${text}`);
  return result;
}

/** Resident memory of a process in MB (Linux). */
export function residentMb(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024);
}

/** A Postgres all of whose processes are on the server's core, also those that it will start. */
export async function startPinnedPostgres(): Promise<Pick<PostgresServer, "url" | "stop">> {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-bench-"));
  const postgres = await startPostgres({ folder });
  const postmaster = readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n", 1)[0] ?? "";
  for (const pid of [postmaster, ...childrenOf(postmaster)])
    if (canPin) spawnSync("taskset", ["-a", "-c", "-p", "0", pid], { stdio: "ignore" });
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Processes that this one has started (Linux). */
function childrenOf(parent: string): string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      // pid (name) state parent …: the name may hold anything but comes to its end with the last bracket.
      return readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1] === parent;
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}
