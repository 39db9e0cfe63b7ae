import { Hono } from "hono";
import { getOverview } from "../../shared/api/overview.ts";
import type { RunStatus } from "../../shared/run/run.ts";
import type { Refusals } from "../events/refusals.ts";
import type { Clock } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";

type Deps = { sql: Sql; refusals: Refusals; clock: Clock; guard: Guard };

const hourMs = 3_600_000;

/** A count is kept ten times as long as it took, so that counting never takes more than a tenth of the reader's time. */
const keepFactor = 10;
const keptAtMostMs = 10_000;

/** Counts of the last 24 hours. */
export function overviewRoute({ sql, refusals, clock, guard }: Deps): Hono {
  const app = new Hono();
  const counts = keepShortly(clock, (workspace) => count(sql, workspace, clock()));
  mount(app, { route: getOverview, guard }, async ({ session }) => {
    const workspace = session.workspace.id;
    const { since, ...counted } = await counts(workspace);
    return { ...counted, refusals: refusals.list(workspace).filter(({ at }) => at >= since).length };
  });
  return app;
}

async function count(sql: Sql, workspace: string, now: number) {
  const firstHour = Math.floor(now / hourMs) - 23;
  const since = firstHour * hourMs;
  const [counts, events] = await Promise.all([
    sql.list<{ hour: number; status: RunStatus; count: number }>(
      `SELECT created_at / 3600000 AS hour, status, count(*) AS count FROM runs
       WHERE workspace_id = $1 AND id > $2 AND created_at >= $3 GROUP BY 1, 2`,
      [workspace, firstIdSince("run", since), since],
    ),
    sql.list<{ count: number }>(`SELECT count(*) AS count FROM events WHERE workspace_id = $1 AND id > $2`, [
      workspace,
      firstIdSince("evt", since),
    ]),
  ]);
  const of = (...statuses: RunStatus[]) => sum(counts.filter(({ status }) => statuses.includes(status)));
  return {
    since,
    events: Number(events[0]?.count ?? 0),
    runs: {
      succeeded: of("succeeded"),
      failed: of("failed"),
      canceled: of("canceled"),
      active: of("queued", "running", "waiting"),
    },
    hours: Array.from({ length: 24 }, (_, index) => {
      const inHour = counts.filter(({ hour }) => Number(hour) === firstHour + index);
      const succeeded = sum(inHour.filter(({ status }) => status === "succeeded"));
      const failed = sum(inHour.filter(({ status }) => status === "failed"));
      return { startsAt: (firstHour + index) * hourMs, succeeded, failed, other: sum(inHour) - succeeded - failed };
    }),
  };
}

/** One answer for all who ask while it is made, and for a while after: the longer it took, the longer. */
function keepShortly<T>(clock: Clock, make: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const kept = new Map<string, { value: Promise<T>; until: number }>();
  return (key) => {
    const now = clock();
    for (const [old, { until }] of kept) if (until <= now) kept.delete(old);
    const known = kept.get(key);
    if (known) return known.value;
    const entry = { value: make(key), until: Number.POSITIVE_INFINITY };
    kept.set(key, entry);
    const end = () => {
      entry.until = clock() + Math.min((clock() - now) * keepFactor, keptAtMostMs);
    };
    entry.value.then(end, () => kept.delete(key));
    return entry.value;
  };
}

/** Ids begin with their time, so the primary key finds where a time begins. */
function firstIdSince(prefix: string, since: number): string {
  return `${prefix}_${since.toString(16).padStart(12, "0")}`;
}

function sum(rows: { count: number }[]): number {
  return rows.reduce((total, { count }) => total + Number(count), 0);
}
