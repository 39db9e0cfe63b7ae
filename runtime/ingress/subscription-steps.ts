import type { SubscriptionStep } from "../../shared/event/subscription.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Statement } from "../store/sql.ts";

/** Entries that are kept of one subscription: the last ones. */
const kept = 500;

type NewStep = { workspace: string; hook: string; step: SubscriptionStep; message: string };

/** An entry of a subscription's history, to be committed with what it tells of. `message` holds no secret. */
export function newStep({ clock, ids }: { clock: Clock; ids: Ids }, { workspace, hook, step, message }: NewStep): Statement[] {
  return [
    {
      text: `INSERT INTO subscription_steps (id, workspace_id, hook_id, at, step, message) VALUES ($1, $2, $3, $4, $5, $6)`,
      params: [ids.next("sst"), workspace, hook, clock(), step, message.slice(0, 500)],
    },
    {
      text: `DELETE FROM subscription_steps WHERE hook_id = $1
             AND id <= (SELECT id FROM subscription_steps WHERE hook_id = $1 ORDER BY id DESC LIMIT 1 OFFSET ${kept})`,
      params: [hook],
    },
  ];
}
