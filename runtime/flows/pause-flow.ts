import { AppError } from "../../shared/app-error.ts";
import type { Clock } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { endSubscriptions } from "./arm-hooks.ts";

type Deps = { sql: Sql; clock: Clock };
type Place = { workspace: string; flow: string };

/**
 * From now on events are stored and held, and schedules and polls, which are only looked at while their flow is published, stand
 * still; runs under way go on. Paused already: nothing happens.
 * Throws `not_found`, and `conflict` for a flow that is not published.
 */
export async function pauseFlow({ sql, clock }: Deps, { workspace, flow }: Place): Promise<void> {
  const paused = await sql.commit([
    {
      text: `UPDATE flows SET state = 'paused', updated_at = $1 WHERE id = $2 AND workspace_id = $3 AND state = 'published'`,
      params: [clock(), flow, workspace],
      expectRows: 1,
    },
  ]);
  if (paused.outcome === "committed") return;
  const { name, state } = await readState(sql, { workspace, flow });
  if (state !== "paused") throw new AppError("conflict", `"${name}" is not published: there is nothing to pause`);
}

/**
 * The flow goes on: polls look at once, schedules make up for what they missed as their policy says, and what was held starts soon.
 * Throws `not_found`, and `conflict` for a flow that is not published.
 */
export async function resumeFlow({ sql, clock }: Deps, place: Place): Promise<void> {
  const { workspace, flow } = place;
  const before = await readState(sql, place);
  if (before.state === "published") return;
  if (before.version === null) throw new AppError("conflict", `"${before.name}" is not published: there is nothing to resume`);
  const resumed = await sql.commit([
    {
      text: `UPDATE flows SET state = 'published', updated_at = $1
             WHERE id = $2 AND workspace_id = $3 AND state = 'paused'`,
      params: [clock(), flow, workspace],
      expectRows: 1,
    },
  ]);
  if (resumed.outcome !== "committed")
    throw new AppError("conflict", `"${before.name}" was changed at the same time: look at it again`);
}

/**
 * Nothing starts the flow any more: its URLs go on storing what comes, subscriptions at providers are ended, schedules and polls are
 * gone. Its draft and versions stay; runs under way go on. Throws `not_found`, and `conflict` when it is not published.
 */
export async function unpublishFlow({ sql, clock }: Deps, { workspace, flow }: Place): Promise<void> {
  const now = clock();
  const done = await sql.commit([
    {
      // What was drawn last may be the published version itself.
      text: `UPDATE flows SET state = 'draft', updated_at = $1, published_version_id = NULL,
               draft = coalesce(draft, (SELECT document FROM flow_versions v WHERE v.id = published_version_id))
             WHERE id = $2 AND workspace_id = $3 AND published_version_id IS NOT NULL`,
      params: [now, flow, workspace],
      expectRows: 1,
    },
    endSubscriptions(flow, now),
    { text: `DELETE FROM trigger_timers WHERE flow_id = $1`, params: [flow] },
  ]);
  if (done.outcome === "committed") return;
  const { name } = await readState(sql, { workspace, flow });
  throw new AppError("conflict", `"${name}" is not published`);
}

async function readState(sql: Sql, { workspace, flow }: Place): Promise<{ name: string; state: string; version: string | null }> {
  const [row] = await sql.read<{ name: string; state: string; version: string | null }>(
    `SELECT name, state, published_version_id AS version FROM flows WHERE id = $1 AND workspace_id = $2`,
    [flow, workspace],
  );
  if (!row) throw new AppError("not_found", `there is no flow ${flow}`);
  return row;
}
