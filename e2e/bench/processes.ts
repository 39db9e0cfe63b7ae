import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { AppError } from "../../shared/app-error.ts";
import type { Load, LoadResult } from "./generator.ts";

/** The server has one core to itself; generator and upstream share the other. Without taskset nothing is pinned. */
const canPin = spawnSync("taskset", ["--version"]).status === 0;
export const onServerCore = canPin ? ["taskset", "-c", "0"] : [];
const onOtherCore = canPin ? ["taskset", "-c", "1"] : [];

const script = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

/** Starts a script of this folder; settles when it prints "Ready.". */
export async function startScript(name: string, args: string[], core: "server" | "other"): Promise<{ stop(): Promise<void> }> {
  const [program = "", ...rest] = [...(core === "server" ? onServerCore : onOtherCore), process.execPath, script(name), ...args];
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "inherit"] });
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

/** Runs a load to its end. Throws when an answer was not 2xx: a figure made of errors is none. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const [program = "", ...args] = [...onOtherCore, process.execPath, script("generator.ts"), JSON.stringify(load)];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const chunk of child.stdout) text += chunk;
  const result = JSON.parse(text) as LoadResult;
  const bad = Object.entries(result.statuses).filter(([status]) => !status.startsWith("2"));
  if (bad.length > 0 || result.sent === 0) throw new AppError("internal", `the load was not answered well: ${text}`);
  return result;
}

/** Resident memory of a process in MB (Linux). */
export function residentMb(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024);
}
