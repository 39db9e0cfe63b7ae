import { AppError } from "../../shared/app-error.ts";
import type { Clock } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { endSubscriptions } from "./arm-hooks.ts";

/** Renames a flow. Throws `not_found`. */
export async function updateFlow(
  { sql, clock }: { sql: Sql; clock: Clock },
  { workspace, flow, name, description }: { workspace: string; flow: string; name: string; description: string },
): Promise<void> {
  const written = await sql.commit([
    {
      text: `UPDATE flows SET name = $1, description = $2, updated_at = $3 WHERE id = $4 AND workspace_id = $5`,
      params: [name, description, clock(), flow, workspace],
      expectRows: 1,
    },
  ]);
  if (written.outcome !== "committed") throw new AppError("not_found", `there is no flow ${flow}`);
}

/**
 * Deletes a flow that is not published, with its draft, tests and hook URLs; its events stay in the inbox, and its
 * subscriptions are ended at their providers. Throws `not_found`, and `conflict`
 * when it is published or a run of it is under way: both are looked at in the commit itself.
 */
export async function deleteFlow(
  { sql, clock }: { sql: Sql; clock: Clock },
  { workspace, flow }: { workspace: string; flow: string },
): Promise<void> {
  const deleted = await sql.commit([
    {
      text: `DELETE FROM flows WHERE id = $1 AND workspace_id = $2 AND published_version_id IS NULL
             AND NOT EXISTS (SELECT 1 FROM runs WHERE flow_id = $1 AND finished_at IS NULL)`,
      params: [flow, workspace],
      expectRows: 1,
    },
    // What a provider still sends to is told that it is gone, until it has been ended there.
    endSubscriptions(flow, clock()),
    { text: `DELETE FROM hooks WHERE flow_id = $1 AND kind <> 'resthook'`, params: [flow] },
    { text: `DELETE FROM trigger_timers WHERE flow_id = $1`, params: [flow] },
    { text: `DELETE FROM flow_tests WHERE flow_id = $1`, params: [flow] },
    { text: `DELETE FROM flow_versions WHERE flow_id = $1`, params: [flow] },
  ]);
  if (deleted.outcome === "committed") return;
  const [row] = await sql.read<{ name: string; version: string | null }>(
    `SELECT name, published_version_id AS version FROM flows WHERE id = $1 AND workspace_id = $2`,
    [flow, workspace],
  );
  if (!row) throw new AppError("not_found", `there is no flow ${flow}`);
  const reason = row.version === null ? "has runs under way: cancel them first" : "is published: unpublish it first";
  throw new AppError("conflict", `"${row.name}" ${reason}`);
}
