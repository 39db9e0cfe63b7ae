import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** What a host has: an older Node if there is one, so that the command runs in a process of its own. */
const hostNode =
  (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .map((folder) => join(folder, "node"))
    .find((file) => existsSync(file)) ?? process.execPath;

const fakeVite = `require("fs").mkdirSync("dist", { recursive: true }); require("fs").writeFileSync("dist/index.html", "built"); require("fs").appendFileSync("log", "build\\n");`;
/** Instead of a download: notes that it ran, waits at the gate where there is one, and puts Node 24 and a builder in place. */
const fakeNpm = `#!/bin/sh
echo install >> log
[ -p gate ] && cat gate > /dev/null
mkdir -p node_modules/node/bin node_modules/vite/bin
ln -sf "${process.execPath}" node_modules/node/bin/node
cp fake-vite.js node_modules/vite/bin/vite.js
`;

let root: string;
let children: ChildProcess[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "patchbay boot "));
  children = [];
  for (const folder of ["runtime", "builder", "shared", "bin"]) mkdirSync(join(root, folder));
  copyFileSync(join(import.meta.dirname, "boot.mjs"), join(root, "runtime", "boot.mjs"));
  write("package.json", JSON.stringify({ dependencies: { a: "1.0.0" }, devDependencies: {} }));
  write("vite.config.ts", "");
  write("fake-vite.js", fakeVite);
  write("bin/npm", fakeNpm);
  chmodSync(join(root, "bin", "npm"), 0o755);
  write("runtime/main.ts", `console.log("ran", process.argv.slice(2).join(" "));`);
  // Older than what is built now.
  for (const name of ["builder", "shared", "vite.config.ts", "package.json"]) utimesSync(join(root, name), 1, 1);
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  writeFileSync(join(root, name), text);
}

function log(): string {
  return existsSync(join(root, "log")) ? readFileSync(join(root, "log"), "utf8") : "";
}

type Boot = { pid: number; readonly out: string; readonly err: string; ended: Promise<number | null> };

function boot(...args: string[]): Boot {
  const env = { ...process.env, PATH: `${join(root, "bin")}${delimiter}${process.env.PATH}` };
  const child = spawn(hostNode, [join(root, "runtime", "boot.mjs"), ...args], { cwd: tmpdir(), env });
  children.push(child);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  return {
    pid: child.pid ?? 0,
    get out() {
      return out;
    },
    get err() {
      return err;
    },
    ended: new Promise((resolve) => child.on("close", (code) => resolve(code))),
  };
}

describe("the first command in a clone", () => {
  it("installs, builds and runs, the next one only runs", async () => {
    for (let time = 0; time < 2; time += 1) {
      const started = boot("start", "now");
      expect(await started.ended).toBe(0);
      expect(started.out).toBe("ran start now\n");
      expect(log()).toBe("install\nbuild\n");
    }
  });

  it.each([
    ["api", "install\nbuild\n"],
    ["cluster", "install\nbuild\n"],
    ["worker", "install\n"],
    ["hooks", "install\n"],
  ])("builds the interface only where it is served: %s", async (command, done) => {
    const started = boot(command);
    expect(await started.ended).toBe(0);
    expect(started.out).toBe(`ran ${command}\n`);
    expect(log()).toBe(done);
  });

  it("lets another one that comes meanwhile wait, and both run", async () => {
    spawnSync("mkfifo", [join(root, "gate")]);
    const first = boot("start");
    await expect.poll(log).toBe("install\n");
    const second = boot("start");
    await expect.poll(() => second.err).toContain("Waiting for another command");
    write("gate", "open");
    expect([await first.ended, await second.ended]).toEqual([0, 0]);
    expect([first.out, second.out]).toEqual(["ran start\n", "ran start\n"]);
    expect(log()).toBe("install\nbuild\n");
  });

  it("takes the place of one that was killed", async () => {
    const lock = join(root, "node_modules", ".patchbay-lock");
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, "pid"), String(spawnSync("true").pid));
    const started = boot("start");
    expect(await started.ended).toBe(0);
    expect(log()).toBe("install\nbuild\n");
    expect(existsSync(lock)).toBe(false);
  });

  it("leaves nothing to wait for when its installation fails", async () => {
    write("bin/npm", "#!/bin/sh\nexit 7\n");
    const failed = boot("start");
    expect(await failed.ended).toBe(1);
    expect(failed.err).toContain("npm install failed with exit code 7");
    write("bin/npm", fakeNpm);
    expect(await boot("start").ended).toBe(0);
  });

  it("passes over links that point nowhere or in a circle", async () => {
    symlinkSync("nowhere", join(root, "builder", ".#app.tsx"));
    symlinkSync("..", join(root, "builder", "circle"));
    expect(await boot("start").ended).toBe(0);
    expect(log()).toBe("install\nbuild\n");
  });
});

describe("a signal", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("reaches the command, whose end is ours: %s", async (signal) => {
    write("runtime/main.ts", `process.on("${signal}", () => process.exit(7)); setInterval(() => {}, 1_000); console.log("up");`);
    const started = boot("start");
    await expect.poll(() => started.out).toBe("up\n");
    process.kill(started.pid, signal);
    expect(await started.ended).toBe(7);
  });

  it.skipIf(hostNode === process.execPath)("that ends the command is in the exit code", async () => {
    write("runtime/main.ts", `setInterval(() => {}, 1_000); console.log("up");`);
    const started = boot("start");
    await expect.poll(() => started.out).toBe("up\n");
    process.kill(started.pid, "SIGTERM");
    expect(await started.ended).toBe(143);
  });
});
