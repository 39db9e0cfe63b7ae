import type { FlowProblem } from "../../shared/flow/validate-flow.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { armHooks } from "./arm-hooks.ts";
import { armTimers } from "./arm-timers.ts";
import type { FrozenFlow } from "./freeze-flow.ts";

type ToArm = { workspace: string; flow: string; frozen: FrozenFlow; now: number };

/**
 * What a version's triggers need, to be committed with it and after the statement that publishes it: hook URLs and subscriptions that
 * are for what it says, and the due times of schedules and polls. `problems`: what has to be set up before.
 */
export async function armTriggers(
  sql: Sql,
  { workspace, flow, frozen, now }: ToArm,
): Promise<{ problems: FlowProblem[]; statements: Statement[] }> {
  const { document, connectors } = frozen;
  const hooks = await armHooks(sql, { workspace, flow, document, connectors, now });
  const timers = await armTimers(sql, { workspace, flow, document, connectors: connectors.documents, now });
  return { problems: [...hooks.problems, ...timers.problems], statements: [...hooks.statements, ...timers.statements] };
}
