import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place } from "./server.ts";

const main = join(import.meta.dirname, "..", "runtime", "main.ts");
/** The command starts one itself where none is named. */
const ownPostgres = { DATABASE_URL: "" };
const names = ["postgres", "sandbox", "worker-1", "worker-2", "api-1", "api-2"];

type Cluster = {
  child: ChildProcess;
  readonly out: string;
  readonly log: string;
  /** The exit code. */
  ended: Promise<number | null>;
  /** Processes that were started under this name, one after another. */
  pids(name: string): number[];
};

function startCluster(env: NodeJS.ProcessEnv): Cluster {
  const child = spawn(process.execPath, [main, "cluster"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let [out, log] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  return {
    child,
    get out() {
      return out;
    },
    get log() {
      return log;
    },
    ended: new Promise((resolve) => child.once("exit", (code) => resolve(code))),
    pids: (name) =>
      [...log.matchAll(/^(\S+) *\| started as process (\d+)$/gm)].flatMap(([, of, pid]) => (of === name ? [Number(pid)] : [])),
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("the cluster that one command starts", () => {
  let place: Place;
  let cluster: Cluster;

  beforeEach(async () => {
    place = await makePlace(ownPostgres);
    cluster = startCluster(place.env);
    await expect.poll(() => cluster.out, { timeout: 40_000, interval: 100 }).toContain("Ready.");
  });
  afterEach(async () => {
    // Whoever it has started ends when it is gone.
    cluster.child.kill("SIGKILL");
    await cluster.ended;
    await expect.poll(() => names.flatMap((name) => cluster.pids(name)).filter(isAlive), { timeout: 15_000 }).toEqual([]);
    place.remove();
  });

  it("serves at two addresses, is found by the demo, starts again what has died, and ends whole at Ctrl C", async () => {
    const second = `http://127.0.0.1:${Number(place.env.PATCHBAY_PORT) + 10}`;
    expect(cluster.out).toContain(`${place.url}/setup?token=`);
    for (const url of [place.url, second]) {
      expect(cluster.out).toContain(`  ${url}\n`);
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    }

    const demo = await promisify(execFile)(process.execPath, [main, "demo"], { env: place.env });
    expect(demo.stdout).toContain("\n200 OK\n");

    for (const name of ["worker-1", "api-2", "postgres"]) process.kill(cluster.pids(name)[0] ?? 0, "SIGKILL");
    for (const name of ["worker-1", "api-2", "postgres"])
      await expect.poll(() => cluster.pids(name).length, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(cluster.log).toMatch(/^worker-1 \| ended by itself \(SIGKILL\)/m);
    const ready = async (url: string) => (await fetch(`${url}/readyz`)).status;
    for (const url of [place.url, second]) await expect.poll(() => ready(url).catch(() => 0), { timeout: 30_000 }).toBe(200);

    cluster.child.kill("SIGINT");
    expect(await cluster.ended).toBe(0);
    expect(names.flatMap((name) => cluster.pids(name)).filter(isAlive)).toEqual([]);
    expect(readdirSync(join(place.dataDir, "postgres"))).not.toContain("postmaster.pid");
  });

  it("refuses a second one on its folder, and leaves nobody behind when it is killed itself", async () => {
    const other = startCluster(place.env);
    expect(await other.ended).toBe(1);
    expect(other.log).toContain(`another cluster is running on ${join(place.dataDir, "postgres")}`);
    // Ended by afterEach.
    expect(names.map((name) => cluster.pids(name).filter(isAlive).length)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

// Only there Postgres runs as somebody else.
describe.skipIf(process.getuid?.() !== 0)("the cluster as root", () => {
  it("says so when the user postgres cannot reach the data folder", async () => {
    const closed = mkdtempSync(join(tmpdir(), "patchbay-closed-"));
    chmodSync(closed, 0o700);
    const place = await makePlace({ ...ownPostgres, PATCHBAY_DATA_DIR: join(closed, "data") });
    const cluster = startCluster(place.env);
    expect(await cluster.ended).toBe(1);
    expect(cluster.log).toContain(`Postgres runs as the user postgres, who may not enter ${join(closed, "data")}`);
    place.remove();
    rmSync(closed, { recursive: true });
  });
});
