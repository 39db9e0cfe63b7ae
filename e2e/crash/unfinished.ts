import type { Foundation } from "../../runtime/roles/foundation.ts";

const shown = 10;

/** Why runs do not go on: their rows, on Postgres with the entries of the queue that stand for them, and who is alive. */
export async function describeUnfinished({ sql, config }: Foundation): Promise<Record<string, unknown>[]> {
  const rows = `SELECT id, status, owner, epoch, wake_at AS "wakeAt" FROM runs WHERE finished_at IS NULL ORDER BY id LIMIT ${shown}`;
  const { database } = config;
  if (database.kind === "embedded") return sql.list(rows);
  const queue = `${database.schema}_queue.job`;
  const jobs = `SELECT r.*, j.id AS job, j.state, j.retry_count AS "retryCount", j.start_after::text AS "startAfter",
      j.heartbeat_on::text AS "heartbeatOn", clock_timestamp()::text AS now
    FROM (${rows}) r LEFT JOIN ${queue} j ON j.data->>'run' = r.id`;
  const states = `SELECT state::text, count(*) AS jobs, count(*) FILTER (WHERE start_after <= clock_timestamp()) AS due FROM ${queue} GROUP BY state`;
  const workers = `SELECT name, now_ms() - seen_at AS "seenMsAgo" FROM workers`;
  return [...(await sql.list(jobs)), ...(await sql.list(states)), ...(await sql.list(workers))] as Record<string, unknown>[];
}
