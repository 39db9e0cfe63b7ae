import type { Bus } from "../bus.ts";
import type { Claim, Queue } from "../queue.ts";
import { createBatches } from "./batches.ts";
import { type Database, readFault } from "./database.ts";
import type { RunJobs } from "./run-jobs.ts";

type Deps = { database: Database; jobs: RunJobs; bus: Bus; clock: () => number };

/** Hints can be lost, so whoever listens for work looks this often. */
const pollMs = 500;
const touchMs = 3_000;

export type PostgresQueue = Queue & { drain(): Promise<void>; close(): void };

/** The queue of the distributed pair. */
export function createPostgresQueue({ database, jobs, bus, clock }: Deps): PostgresQueue {
  // What this process has fetched and not finished: said to be alive until then.
  const outstanding = new Map<string, Claim>();
  const finishing = createBatches<Claim, boolean>({
    async commit(claims) {
      await jobs.finish(claims);
      return claims.map(() => true);
    },
    keysOf: () => [],
    maxBatch: 200,
    lanes: 1,
    refused: () => false,
    // The job's run is at rest or taken by somebody else: who fetches it next finds nothing to do.
    unavailable: () => false,
    committed() {},
  });
  let touching = false;
  const touchTimer = setInterval(() => void touch(), touchMs).unref();

  async function touch(): Promise<void> {
    if (touching || outstanding.size === 0) return;
    touching = true;
    try {
      for (const { job } of await jobs.touch([...outstanding.values()])) outstanding.delete(job);
    } catch {
      // The database is away: in ten seconds these jobs count as lost, and their runs' epochs keep two holders apart.
    } finally {
      touching = false;
    }
  }

  return {
    async claim(max) {
      const claims = await jobs.claim(max).catch((error) => {
        throw readFault(error);
      });
      for (const claim of claims) outstanding.set(claim.job, claim);
      return claims;
    },
    async done(claims) {
      for (const { job } of claims) outstanding.delete(job);
      await Promise.all(claims.map((claim) => finishing.submit(claim)));
    },
    async giveBack(claims) {
      for (const { job } of claims) outstanding.delete(job);
      // Those that cannot be given back now are in ten seconds.
      await jobs.retry(claims).catch(() => {});
    },
    ready(listener) {
      const off = bus.subscribe("wake", listener);
      const timer = setInterval(listener, pollMs).unref();
      return () => {
        off();
        clearInterval(timer);
      };
    },
    async nextDue() {
      // What is due by now is the queue's to hand out.
      const asking = database.query<{ wakeAt: number | null }>(
        `SELECT min(wake_at) AS "wakeAt" FROM runs WHERE finished_at IS NULL AND wake_at > $1`,
        [clock()],
      );
      const { rows } = await asking.catch((error) => {
        throw readFault(error);
      });
      return rows[0]?.wakeAt ?? null;
    },
    drain: finishing.drain,
    close: () => clearInterval(touchTimer),
  };
}
