import type { TriggerTimer } from "../../shared/api/triggers.ts";
import type { Sql } from "../store/sql.ts";

type Row = {
  node: string;
  kind: "schedule" | "poll";
  state: "active" | "failing";
  flowState: string;
  reason: string | null;
  dueAt: number | null;
  firedFor: number | null;
  lookedAt: number | null;
  cursor: string | null;
};

/** How the schedules and polls of a published flow stand, by node. */
export async function listTimerRows(sql: Sql, flow: string): Promise<TriggerTimer[]> {
  const rows = await sql.read<Row>(
    `SELECT t.node, t.kind, t.state, f.state AS "flowState", t.reason, t.due_at AS "dueAt", t.fired_for AS "firedFor",
       t.looked_at AS "lookedAt", t.cursor
     FROM trigger_timers t JOIN flows f ON f.id = t.flow_id WHERE t.flow_id = $1 ORDER BY t.node`,
    [flow],
  );
  return rows.map(({ flowState, firedFor, lookedAt, dueAt, ...row }) => {
    const paused = flowState === "paused";
    return {
      ...row,
      state: paused ? "paused" : row.state,
      // While it stands still nothing is due, whatever it goes on with.
      dueAt: paused ? null : dueAt,
      lastAt: row.kind === "poll" ? lookedAt : firedFor,
      cursor: row.cursor === null ? null : shownCursor(row.cursor),
    };
  });
}

function shownCursor(text: string): string {
  const value: unknown = JSON.parse(text);
  return (typeof value === "string" ? value : text).slice(0, 500);
}
