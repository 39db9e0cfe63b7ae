import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const stamp = join(here, "node_modules", ".patchbay-install");

/**
 * Installs the providers' packages of this folder once, and again when the lock file has changed; their scripts are not run. Runs before
 * the tests. What could not be had is said here, and fails the tests that need it: one that was not run would look like one that passed.
 */
export default function install(): void {
  const wanted = createHash("sha256")
    .update(readFileSync(join(here, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  process.stderr.write("Installing the providers' packages for the conformance tests (once)…\n");
  const bin = join(here, "..", "..", "node_modules", ".bin");
  // npm itself has to run on Node 24: on an older one it silently chooses older versions.
  const env = { ...process.env, PATH: `${bin}${process.platform === "win32" ? ";" : ":"}${process.env.PATH ?? ""}` };
  const args = ["ci", "--package-lock=true", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", args, { cwd: here, env, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (status === 0) writeFileSync(stamp, wanted);
  else process.stderr.write("The providers' packages could not be installed: is the npm registry reachable?\n");
}
