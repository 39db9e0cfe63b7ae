#!/usr/bin/env node
// The one plain-JS file: runs on any Node >= 20.19, before anything is installed. It installs when dependencies are
// missing or changed, builds the builder when a source is newer than its output, then runs the command on Node 24.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { isatty } from "node:tty";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lock = join(root, "node_modules", ".patchbay-lock");
const lockOwner = join(lock, "pid");
const stamp = join(root, "node_modules", ".patchbay-install");
const node24 = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/** Commands that are not the product's CLI: their script, and whether the built interface must be fresh. */
const scripts = {
  check: { file: "e2e/check.ts", build: true },
  bench: { file: "e2e/bench/main.ts", build: true },
  chaos: { file: "e2e/crash/main.ts", build: false },
  sweep: { file: "e2e/crash/sweep.ts", build: false },
};

/** Commands of the CLI that serve the interface. */
const interfaceServers = ["start", "api", "cluster"];

const [command = "help", ...rest] = process.argv.slice(2);
const script = scripts[command];
await install();
if (script?.build || interfaceServers.includes(command)) await build();
await run(join(root, script?.file ?? "runtime/main.ts"), script ? rest : [command, ...rest]);

async function install() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const wanted = createHash("sha256")
    .update(JSON.stringify([dependencies, devDependencies]))
    .digest("hex");
  const installed = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted && existsSync(node24);
  await once(installed, () => {
    process.stderr.write("Installing dependencies (once; EBADENGINE warnings on Node 20 are harmless)…\n");
    // --include=dev: the interface is built here, so its tools are needed even where NODE_ENV says production.
    must("npm", ["install", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
    writeFileSync(stamp, wanted);
  });
}

async function build() {
  const sources = ["builder", "shared", "vite.config.ts", "package.json"].map((name) => join(root, name));
  const fresh = () => mtime(join(root, "dist", "index.html")) > Math.max(...sources.map(newest));
  await once(fresh, () => {
    process.stderr.write("Building the interface…\n");
    must(node24, [join(root, "node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "warn"]);
  });
}

/** Does what is not done yet, unless another command of this folder does it: then waits for that one and looks again. */
async function once(done, make) {
  let told = false;
  while (!done()) {
    if (takeLock()) {
      if (!done()) make();
      dropLock();
      return;
    }
    if (!told)
      process.stderr.write(`Waiting for another command that installs or builds here (if there is none, delete ${lock})…\n`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Making a folder is atomic everywhere. A holder that was killed leaves it behind, with the id of a process that is gone. */
function takeLock() {
  mkdirSync(dirname(lock), { recursive: true });
  try {
    mkdirSync(lock);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (!isHeld()) rmSync(lock, { recursive: true, force: true });
    return false;
  }
  writeFileSync(lockOwner, String(process.pid));
  process.on("exit", dropLock);
  return true;
}

function dropLock() {
  process.off("exit", dropLock);
  rmSync(lock, { recursive: true, force: true });
}

function isHeld() {
  const owner = existsSync(lockOwner) ? Number(readFileSync(lockOwner, "utf8")) : 0;
  // So new that its owner is not written down yet.
  if (!(owner > 0)) return Date.now() - mtime(lock) < 5_000;
  try {
    return owner !== process.pid && process.kill(owner, 0);
  } catch (error) {
    // It may be another user's.
    return error.code === "EPERM";
  }
}

/** The time of the last change below a path. A link is only itself: it may point nowhere, or in a circle. */
function newest(path) {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function mtime(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function must(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (status === 0) return;
  process.stderr.write(`${program} ${args[0]} failed${error ? `: ${error.message}` : ` with exit code ${status}`}\n`);
  process.exit(1);
}

async function run(file, args) {
  const cache = join(root, "node_modules", ".cache", "patchbay");
  if (process.versions.node.startsWith("24.")) {
    module.enableCompileCache(cache);
    // For a start that begins its process anew.
    process.env.NODE_COMPILE_CACHE = cache;
    process.argv = [process.execPath, file, ...args];
    await import(pathToFileURL(file).href);
    return;
  }
  const child = spawn(node24, [file, ...args], { stdio: "inherit", env: { ...process.env, NODE_COMPILE_CACHE: cache } });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // A terminal sends its Ctrl C to the child as well; elsewhere whoever sends it to us alone means the child.
  process.on("SIGINT", () => isatty(0) || child.kill("SIGINT"));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
