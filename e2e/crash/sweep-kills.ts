import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout as passed } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { CodePool } from "../../runtime/expressions/code-pool.ts";
import type { JsonataPool } from "../../runtime/expressions/jsonata-pool.ts";
import { createIds } from "../../runtime/ids.ts";
import type { JournalRecord } from "../../runtime/store/engine-store.ts";
import { openSqlite } from "../../runtime/store/sqlite/open-sqlite.ts";
import { type CallOracle, createCallOracle } from "../../runtime/testing/call-oracle.ts";
import { neverCrash, startCrashRuntime } from "../../runtime/testing/crash-runtime.ts";
import { openProgramDesk } from "../../runtime/testing/program-desk.ts";
import { createRandom } from "../../runtime/testing/random-program.ts";
import { differences, foldFaults } from "../../runtime/testing/run-outcome.ts";
import { callFaults } from "../../runtime/testing/sweep-programs.ts";

export type KillReport = {
  programs: number;
  kills: number;
  mismatches: { seed: number; fault: string }[];
  repeatedSteps: number;
  stuck: number;
};

type Options = { kills: number; seed: number; jsonata: JsonataPool; code: CodePool };

const inBatch = 60;
/** A process lives so long (ms) once it works. */
const lifeMs = 120;
/** How long all that is left may take once nothing is killed any more. */
const patienceMs = 60_000;

/** Random programs in processes that are killed (SIGKILL) at random moments, batch after batch, until there were so many kills. */
export async function sweepKills({ kills, seed, ...pools }: Options): Promise<KillReport> {
  const report: KillReport = { programs: 0, kills: 0, mismatches: [], repeatedSteps: 0, stuck: 0 };
  const random = createRandom(seed);
  for (let first = 0; report.kills < kills; first += inBatch) {
    const seeds = Array.from({ length: inBatch }, (_, at) => seed * 1_000_003 + first + at);
    await sweepBatch(seeds, { ...pools, random, mayKill: kills - report.kills }, report);
  }
  return report;
}

type Batch = Pick<Options, "jsonata" | "code"> & { random: () => number; mayKill: number };

async function sweepBatch(seeds: number[], { jsonata, code, random, mayKill }: Batch, report: KillReport): Promise<void> {
  const calm = await startCrashRuntime({ jsonata, code });
  const calmRuns = await calm.startRandom(seeds, { quick: true });
  await calm.settle(neverCrash);
  const folder = mkdtempSync(join(tmpdir(), "patchbay-sweep-"));
  const file = join(folder, "patchbay.db");
  const runs = await onFile(file, async ({ startRandom }) => startRandom(seeds, { quick: true }));
  const oracle = createCallOracle(Date.now);
  const world = await openWorld(oracle);
  const kills = await killUntilDone({ file, world: world.url, random, mayKill });
  await world.close();
  const killed = await onFile(file, (_, read) => Promise.all(runs.map(read)));
  report.programs += seeds.length;
  report.kills += kills;
  report.repeatedSteps += oracle.repeated.length;
  for (const [at, seed] of seeds.entries()) {
    const one = await calm.records(calmRuns[at] ?? "");
    const other = killed[at] ?? [];
    if (other.at(-1)?.entry.kind !== "run-finished") report.stuck += 1;
    const [fault] = [...foldFaults(other), ...differences(one, other)];
    if (fault !== undefined) report.mismatches.push({ seed, fault });
  }
  for (const fault of callFaults(calm.oracle.sent, oracle.sent, kills)) report.mismatches.push({ seed: seeds[0] ?? 0, fault });
  await calm.close();
  rmSync(folder, { recursive: true, force: true });
}

type Desk = Awaited<ReturnType<typeof openProgramDesk>>;

/** Opens the database while no process works on it. */
async function onFile<T>(
  file: string,
  use: (desk: Desk, read: (run: string) => Promise<JournalRecord[]>) => Promise<T>,
): Promise<T> {
  const clock = Date.now;
  const ids = createIds(clock);
  const pair = openSqlite({ file, clock, ids });
  try {
    const desk = await openProgramDesk({ pair: () => pair, clock, ids });
    return await use(desk, (run) => pair.engine.journal(run, 0, { bare: false }));
  } finally {
    await pair.close();
  }
}

/** Gives how often it killed. */
async function killUntilDone({
  file,
  world,
  random,
  mayKill,
}: {
  file: string;
  world: string;
  random: () => number;
  mayKill: number;
}): Promise<number> {
  for (let kills = 0; ; kills += 1) {
    const child = spawn(process.execPath, [fileURLToPath(new URL("./sweep-process.ts", import.meta.url)), file, world], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    await readiness(child, ended);
    const done = await Promise.race([ended, passed(kills < mayKill ? random() * lifeMs : patienceMs, "still at it" as const)]);
    if (done !== "still at it") return kills;
    child.kill("SIGKILL");
    await ended;
    if (kills >= mayKill) return kills;
  }
}

function readiness(child: ChildProcess, ended: Promise<unknown>): Promise<unknown> {
  const ready = new Promise<void>((resolve) => {
    if (child.stdout) createInterface({ input: child.stdout }).on("line", () => resolve());
  });
  return Promise.race([ready, ended]);
}

/** The world outside, over HTTP: it lives on while processes end. */
async function openWorld(oracle: CallOracle): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    const answer = async () => {
      if (request.url === "/performed") return oracle.performed(body);
      if (request.url === "/journaled") return oracle.settled(body);
      return oracle.take({ body: body.body, url: body.url, key: body.key });
    };
    response.end(JSON.stringify((await answer()) ?? null));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listening TCP server has an address object.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
