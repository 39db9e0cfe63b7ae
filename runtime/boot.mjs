// The one plain-JS file: runs on any Node >= 20.19, before anything is installed. It installs when dependencies are
// missing or changed, builds the builder when a source is newer than its output, then runs the command on Node 24.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { isatty } from "node:tty";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules", ".patchbay-install");
const node24 = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/** Commands that are not the product's CLI: their script, and whether the built interface must be fresh. */
const scripts = {
  check: { file: "e2e/check.ts", build: true },
  bench: { file: "e2e/bench/main.ts", build: true },
};

const [command = "help", ...rest] = process.argv.slice(2);
const script = scripts[command];
installWhenChanged();
if (script?.build || command === "start") buildWhenStale();
await run(join(root, script?.file ?? "runtime/main.ts"), script ? rest : [command, ...rest]);

function installWhenChanged() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const wanted = createHash("sha256")
    .update(JSON.stringify([dependencies, devDependencies]))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted && existsSync(node24)) return;
  process.stderr.write("Installing dependencies (once; EBADENGINE warnings on Node 20 are harmless)…\n");
  // --include=dev: the interface is built here, so its tools are needed even where NODE_ENV says production.
  must("npm", ["install", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(stamp, wanted);
}

function buildWhenStale() {
  const built = mtime(join(root, "dist", "index.html"));
  const sources = ["builder", "shared", "vite.config.ts", "package.json"].map((name) => newest(join(root, name)));
  if (built > Math.max(...sources)) return;
  process.stderr.write("Building the interface…\n");
  must(node24, [join(root, "node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "warn"]);
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
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
