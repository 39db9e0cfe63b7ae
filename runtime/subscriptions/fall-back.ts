import type { RestHook } from "../../shared/connector/incoming-webhook.ts";
import type { Statement } from "../store/sql.ts";
import type { Subscription } from "./subscription-rows.ts";

/** To be committed: a trigger that polls takes over, where the incoming webhook names one. `settings`: its key. */
export function fallingBack({ flow, node, workspace, wanted }: Subscription, { fallback }: RestHook, now: number): Statement[] {
  if (fallback === undefined || wanted === "off") return [];
  return [
    {
      text: `INSERT INTO trigger_timers (flow_id, node, workspace_id, kind, settings, due_at, since) VALUES ($1, $2, $3, 'poll', $4, $5, $5)
             ON CONFLICT (flow_id, node) DO UPDATE SET due_at = coalesce(trigger_timers.due_at, excluded.due_at)`,
      params: [flow, node, workspace, `fallback:${fallback}`, now],
    },
  ];
}

/** To be committed: events are pushed again, so nothing is polled any more. What it has seen is kept for the next time. */
export function goingBack({ flow, node }: Subscription): Statement[] {
  return [
    {
      text: `UPDATE trigger_timers SET due_at = NULL WHERE flow_id = $1 AND node = $2 AND kind = 'poll'`,
      params: [flow, node],
    },
  ];
}
