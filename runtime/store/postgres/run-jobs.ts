import { randomUUID } from "node:crypto";
import { PgBoss } from "pg-boss";
import type { Claim } from "../queue.ts";
import { notAnswering } from "./connect.ts";
import type { Database, Query } from "./database.ts";
import type { Wake, Wakes } from "./wakes.ts";

/** pg-boss, as far as we use it: a job is one wake of a run, and lives from the commit that makes it until its run is let go of. */
export type RunJobs = Wakes & {
  /** Hands out due jobs, the oldest first, each to one worker. */
  claim(max: number): Promise<Claim[]>;
  /** Deletes jobs whose run has been let go of: the run's own row is the record. Leaves alone what another worker has by now. */
  finish(claims: Claim[]): Promise<void>;
  /** Makes jobs due again. */
  retry(claims: Claim[]): Promise<void>;
  /** Says that these are still worked on; gives those that are not this attempt's any more. */
  touch(claims: Claim[]): Promise<Claim[]>;
  /** Makes jobs due again that somebody claimed a while ago and did not begin; gives how many. */
  retryNotBegun(query: Query, now: number): Promise<number>;
  /** Jobs of workers that say nothing any more are due again; called every few seconds by workers. */
  supervise(): Promise<void>;
  close(): Promise<void>;
};

type Data = { run: string };

const queue = "runs";
/** From claim to begin it takes milliseconds. Were the worker only slow, its claim would find the run held and end. */
const notBegunSeconds = 2;
const tenYears = 10 * 365 * 86_400;

/**
 * What pg-boss would do by itself with jobs that take long is switched off: it deletes what was not fetched in 14 days, gives up after
 * two lost workers, and lets no job be active for more than a day.
 */
const queueOptions = {
  retentionSeconds: tenYears,
  retryLimit: 1_000_000,
  retryDelay: 0,
  expireInSeconds: 86_399,
  // The smallest it allows; our own liveness (postgres-workers.ts) is quicker, this is what stands behind it.
  heartbeatSeconds: 10,
  deleteAfterSeconds: 60,
};

/** Opens the queue engine on the schema that `installRunJobs` has made. */
export async function openRunJobs(database: Database, schema: string): Promise<RunJobs> {
  const boss = createBoss(database, schema, false);
  await boss.start();
  // It reads its queues once an hour, and says nothing when that fails: without them there is no job until the next time.
  await boss.touch(queue, [{ id: randomUUID(), retryCount: 0 }]).catch(async (cause) => {
    await stop(boss);
    throw notAnswering(cause);
  });

  async function insert(query: Query, wakes: Wake[]): Promise<void> {
    if (wakes.length === 0) return;
    const jobs = wakes.map(({ run, at, begun }) => ({
      data: { run },
      priority: begun ? 1 : 0,
      ...(at !== null && { startAfter: new Date(at) }),
    }));
    await boss.insert(queue, jobs, { db: asBossDatabase(query) });
  }

  return {
    insert,
    async handOn(query, runs) {
      if (runs.length === 0) return;
      // Locked, so that none is found that somebody is just deleting: its run would be left without any.
      const { rows } = await query<{ id: string; run: string }>(
        `SELECT id, data->>'run' AS run FROM ${schema}.job
         WHERE name = '${queue}' AND state = 'active' AND data->>'run' = ANY ($1::text[]) ORDER BY id FOR UPDATE`,
        [runs],
      );
      if (rows.length > 0)
        await boss.fail(
          queue,
          rows.map(({ id }) => id),
          null,
          { db: asBossDatabase(query) },
        );
      const found = new Set(rows.map(({ run }) => run));
      await insert(
        query,
        runs.filter((run) => !found.has(run)).map((run) => ({ run, at: null, begun: true })),
      );
    },
    async claim(max) {
      const jobs = await boss.fetch<Data>(queue, { batchSize: max });
      return jobs.map(({ id, data, retryCount }) => ({ run: data.run, job: id, attempt: retryCount ?? 0 }));
    },
    async finish(claims) {
      if (claims.length > 0) await boss.deleteJob(queue, claims.map(attemptOf));
    },
    async retry(claims) {
      if (claims.length > 0) await boss.fail(queue, claims.map(attemptOf));
    },
    async retryNotBegun(query, now) {
      const { rows } = await query<{ id: string }>(
        `SELECT j.id FROM ${schema}.job j JOIN runs r ON r.id = j.data->>'run'
         WHERE j.name = '${queue}' AND j.state = 'active' AND j.started_on < ${schema}.job_now() - interval '${notBegunSeconds} s'
           AND r.owner IS NULL AND r.finished_at IS NULL AND r.wake_at <= $1`,
        [now],
      );
      const ids = rows.map(({ id }) => id);
      if (ids.length > 0) await boss.fail(queue, ids, null, { db: asBossDatabase(query) });
      return ids.length;
    },
    async touch(claims) {
      if (claims.length === 0) return [];
      const response = await boss.touch(queue, claims.map(attemptOf));
      const kept = new Set((response as { settled?: string[] }).settled);
      return claims.filter(({ job }) => !kept.has(job));
    },
    supervise: () => boss.supervise(queue),
    close: () => stop(boss),
  };
}

/** Makes the queue engine's tables and our queue, or brings them up to date. */
export async function installRunJobs(database: Database, schema: string): Promise<void> {
  const boss = createBoss(database, schema, true);
  await boss.start();
  if (await boss.getQueue(queue)) await boss.updateQueue(queue, queueOptions);
  else await boss.createQueue(queue, queueOptions);
  await stop(boss);
}

function stop(boss: PgBoss): Promise<void> {
  return boss.stop({ graceful: false, close: false });
}

function createBoss(database: Database, schema: string, migrate: boolean): PgBoss {
  const boss = new PgBoss({
    db: asBossDatabase(database.query),
    schema,
    migrate,
    // Workers call it themselves; no job of ours depends on another or on a calendar of pg-boss's.
    supervise: false,
    schedule: false,
    monitorIntervalSeconds: 5,
    maintenanceIntervalSeconds: 60,
    queueCacheIntervalSeconds: 3_600,
    flowIntervalSeconds: 3_600,
    bamIntervalSeconds: 3_600,
  });
  // Its timers report here what fails while the database is away.
  boss.on("error", () => {});
  return boss;
}

function asBossDatabase(query: Query) {
  return { executeSql: (text: string, values?: unknown[]) => query<unknown>(text, values as Parameters<Query>[1]) };
}

function attemptOf({ job, attempt }: Claim) {
  return { id: job, retryCount: attempt };
}
