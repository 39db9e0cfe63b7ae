import { AppError } from "../../../shared/app-error.ts";
import type { Clock, Ids } from "../../ids.ts";
import type { Pair } from "../pair.ts";
import { notAnswering } from "./connect.ts";
import { isAway, openPool } from "./database.ts";
import { migrate } from "./migrate.ts";
import { openPostgresBus } from "./postgres-bus.ts";
import { createPostgresEngineStore } from "./postgres-engine-store.ts";
import { createPostgresGovernor } from "./postgres-governor.ts";
import { createPostgresLease } from "./postgres-lease.ts";
import { createPostgresQueue } from "./postgres-queue.ts";
import { createPostgresSql } from "./postgres-sql.ts";
import { createPostgresWorkers } from "./postgres-workers.ts";
import { installRunJobs, openRunJobs } from "./run-jobs.ts";

export type PostgresOptions = {
  /** `postgres://…` */
  url: string;
  /** Our tables; those of pg-boss are in `<schema>_queue`. */
  schema: string;
  clock: Clock;
  ids: Ids;
  /** How long a write waits for a row that another process has locked. */
  busyTimeoutMs?: number;
  /** Events that may wait for a commit before the answer is `unavailable`. */
  maxPending?: number;
  /** For tests, whose clock is moved by hand: the database goes by it too. */
  databaseClock?: Clock;
};

/**
 * Opens the distributed pair: Postgres, with pg-boss as its queue engine. Any number of processes may open it at the same time; the
 * first brings the schema up to date. Throws `config` when the database does not answer.
 */
export async function openPostgres(options: PostgresOptions): Promise<Pair> {
  const { url, schema, clock, ids } = options;
  const pool = (connections: number) =>
    openPool({ url, schema, connections, lockTimeoutMs: options.busyTimeoutMs ?? 2_000, clock: options.databaseClock });
  // Apart, so that neither a list nor a page that asks for much keeps a delivery waiting, and nothing at all a worker's beat: not even
  // that it takes over from others. With the one that listens, thirteen connections at the most.
  const [hot, database, lists, beats] = [pool(5), pool(3), pool(2), pool(2)];
  const queueSchema = `${schema}_queue`;
  const jobs = await migrate({ url, schema }, () => installRunJobs(database, queueSchema))
    .then(() => openRunJobs(hot, queueSchema))
    .catch((error) => {
      throw isAway(error) && !(error instanceof AppError) ? notAnswering(error) : error;
    });
  const bus = await openPostgresBus({ database, url, schema });
  let healthy = true;
  let closed: Promise<void> | null = null;
  const committed = (durable: boolean) => {
    healthy = durable;
  };
  const queue = createPostgresQueue({ database: hot, jobs, bus, clock });
  const maxPending = options.maxPending ?? 10_000;
  const engine = createPostgresEngineStore({ database: hot, wakes: jobs, bus, clock, ids, maxPending, committed });
  return {
    engine,
    queue,
    workers: createPostgresWorkers({ database: beats, jobs, bus, clock }),
    lease: createPostgresLease(database),
    governor: createPostgresGovernor(hot),
    bus,
    sql: createPostgresSql({ database, lists, committed }),
    healthy: () => healthy,
    close() {
      closed ??= close();
      return closed;
    },
  };

  async function close(): Promise<void> {
    await engine.drain();
    await queue.drain();
    queue.close();
    await jobs.close();
    await bus.close();
    await Promise.all([hot, database, lists, beats].map((each) => each.close()));
  }
}
