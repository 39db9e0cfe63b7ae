import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { getImport, type ImportState, importFile } from "../../shared/api/imports.ts";
import { AppError } from "../../shared/app-error.ts";
import type { BrowserContext } from "../browser.ts";
import { githubSpecification } from "../real-specs/github.ts";
import type { Server } from "../server.ts";
import { median, percentile } from "./figure.ts";
import { largeSpecification } from "./large-specification.ts";
import { askMeanwhile } from "./other-requests.ts";
import { residentMb } from "./resident-memory.ts";

/**
 * Medians of the rounds. `others`: how long other requests took while the server was importing, and just before, when it had nothing
 * else to do. `extraMb`: memory of the server and its children above what it had before; null where it cannot be read.
 */
export type LargeImport = {
  source: "github" | "generated";
  bytes: number;
  operations: number;
  ms: number;
  others: Record<"importing" | "idle", { p50Ms: number; p99Ms: number; maxMs: number }>;
  extraMb: number | null;
  rounds: { ms: number; otherP99Ms: number; idleP99Ms: number; extraMb: number | null }[];
};

const rounds = 5;
const idleMs = 2_000;

/** Imports 13 MB with some 1,200 operations over HTTP, from the first byte sent to the report. */
export async function importGithub(server: Server, context: BrowserContext): Promise<LargeImport> {
  const file = githubSpecification();
  const bytes = file ? readFileSync(file) : Buffer.from(JSON.stringify(largeSpecification(12_500_000, 1_200)));
  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const asked = { server, headers: { cookie: cookies, "x-patchbay-request": "1" } };
  await timesOf(asked, () => sleep(idleMs));
  const done: Round[] = [];
  for (let count = 0; count < rounds; count += 1) done.push(await importOnce(asked, bytes));
  const middle = (pick: (round: Round) => number) => Number(median(done.map(pick)).toFixed(1));
  const spread = (pick: (round: Round) => number[]) => ({
    p50Ms: middle((round) => percentile(pick(round), 0.5)),
    p99Ms: middle((round) => percentile(pick(round), 0.99)),
    maxMs: middle((round) => Math.max(...pick(round))),
  });
  return {
    source: file ? "github" : "generated",
    bytes: bytes.length,
    operations: done[0]?.operations ?? 0,
    ms: middle(({ ms }) => ms),
    others: { importing: spread(({ importing }) => importing), idle: spread(({ idle }) => idle) },
    extraMb: done.some(({ extraMb }) => extraMb === null) ? null : middle(({ extraMb }) => extraMb ?? Number.NaN),
    rounds: done.map(({ ms, importing, idle, extraMb }) => ({
      ms,
      otherP99Ms: Math.round(percentile(importing, 0.99)),
      idleP99Ms: Math.round(percentile(idle, 0.99)),
      extraMb,
    })),
  };
}

type Asked = { server: Server; headers: Record<string, string> };
type Round = { ms: number; operations: number; importing: number[]; idle: number[]; extraMb: number | null };

async function importOnce({ server, headers }: Asked, bytes: Buffer): Promise<Round> {
  const idle = await timesOf({ server, headers }, () => sleep(idleMs));
  const before = residentMb(server.pid);
  const peaks: number[] = [];
  const looking = setInterval(() => peaks.push(residentMb(server.pid) ?? Number.NaN), 50);
  let state: ImportState | null = null;
  let ms = 0;
  const importing = await timesOf({ server, headers }, async () => {
    const begunAt = performance.now();
    state = await finished({ server, headers }, await send({ server, headers }, bytes));
    ms = Math.round(performance.now() - begunAt);
  });
  clearInterval(looking);
  const operations = reportOf(state).operations.length;
  return { ms, operations, importing, idle, extraMb: before === null ? null : Math.round(Math.max(...peaks) - before) };
}

/** How long other requests took while something was done. */
async function timesOf({ server, headers }: Asked, during: () => Promise<unknown>): Promise<number[]> {
  const others = await askMeanwhile({ url: `${server.url}/api/v1/overview`, headers });
  await during();
  return others.stop();
}

async function send({ server, headers }: Asked, bytes: Buffer): Promise<string> {
  const body = new Uint8Array(bytes);
  const sent = await fetch(`${server.url}/api/v1${importFile.path}`, { method: importFile.method, headers, body });
  return importFile.response.parse(await sent.json()).import;
}

async function finished({ server, headers }: Asked, id: string): Promise<ImportState> {
  for (;;) {
    const answer = await fetch(`${server.url}/api/v1${getImport.path.replace(":import", id)}`, { headers });
    const { result } = getImport.response.parse(await answer.json());
    if (result.state !== "reading") return result;
    await sleep(100);
  }
}

function reportOf(state: ImportState | null) {
  if (state?.state === "read") return state.report;
  throw new AppError("internal", state?.state === "refused" ? state.message : "the import came to no end");
}
