import { AppError } from "../../shared/app-error.ts";
import type { Clock } from "../ids.ts";
import type { Sql } from "../store/sql.ts";

/** Has a RESThook looked after at once, whatever it waits for. Throws `not_found`, `conflict` for what is no live subscription. */
export async function retrySubscription(
  { sql, clock }: { sql: Sql; clock: Clock },
  workspace: string,
  hook: string,
): Promise<void> {
  const now = clock();
  const written = await sql.commit([
    {
      // One that somebody is at is looked after again afterwards.
      text: `UPDATE hooks SET next_at = $1, revision = revision + 1
             WHERE id = $2 AND workspace_id = $3 AND kind = 'resthook' AND state <> 'deleted'`,
      params: [now, hook, workspace],
      expectRows: 1,
    },
  ]);
  if (written.outcome === "committed") return;
  const rows = await sql.read(`SELECT id FROM hooks WHERE id = $1 AND workspace_id = $2`, [hook, workspace]);
  if (rows.length === 0) throw new AppError("not_found", `there is no hook ${hook}`);
  throw new AppError("conflict", "it is no subscription at a provider, or has ended");
}
