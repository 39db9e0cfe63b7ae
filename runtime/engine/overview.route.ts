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

/** Counts of the last 24 hours. */
export function overviewRoute({ sql, refusals, clock, guard }: Deps): Hono {
  const app = new Hono();
  mount(app, { route: getOverview, guard }, async ({ session }) => {
    const workspace = session.workspace.id;
    const now = clock();
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
      events: Number(events[0]?.count ?? 0),
      runs: {
        succeeded: of("succeeded"),
        failed: of("failed"),
        canceled: of("canceled"),
        active: of("queued", "running", "waiting"),
      },
      refusals: refusals.list(workspace).filter(({ at }) => at >= since).length,
      hours: Array.from({ length: 24 }, (_, index) => {
        const inHour = counts.filter(({ hour }) => Number(hour) === firstHour + index);
        const succeeded = sum(inHour.filter(({ status }) => status === "succeeded"));
        const failed = sum(inHour.filter(({ status }) => status === "failed"));
        return { startsAt: (firstHour + index) * hourMs, succeeded, failed, other: sum(inHour) - succeeded - failed };
      }),
    };
  });
  return app;
}

/** Ids begin with their time, so the primary key finds where a time begins. */
function firstIdSince(prefix: string, since: number): string {
  return `${prefix}_${since.toString(16).padStart(12, "0")}`;
}

function sum(rows: { count: number }[]): number {
  return rows.reduce((total, { count }) => total + Number(count), 0);
}
