import { createHash } from "node:crypto";
import type { Connector } from "../../shared/connector/connector.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { AppTriggerNode, ScheduleTriggerNode } from "../../shared/flow/node.ts";
import type { FlowProblem } from "../../shared/flow/validate-flow.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { pollingOf, triggerOf } from "./poll-source.ts";
import { nextFiring, scheduleProblem } from "./schedule-times.ts";

type ToArm = {
  workspace: string;
  flow: string;
  document: Flow;
  connectors: ReadonlyMap<string, Connector>;
  now: number;
};
type TimerRow = { node: string; kind: "schedule" | "poll"; settings: string };
type Timer = TimerRow & { dueAt: number };

/** To be committed with a flow's version, after the statement that publishes it: schedules and polls fire as it says. */
export async function armTimers(sql: Sql, arm: ToArm): Promise<{ problems: FlowProblem[]; statements: Statement[] }> {
  const rows = await sql.read<TimerRow>(`SELECT node, kind, settings FROM trigger_timers WHERE flow_id = $1`, [arm.flow]);
  const known = new Map(rows.map((row) => [row.node, row]));
  const problems: FlowProblem[] = [];
  const timers: Timer[] = [];
  const kept = new Set<string>();
  for (const node of arm.document.nodes) {
    if (node.kind === "schedule-trigger") {
      const problem = scheduleProblem(node.schedule);
      if (problem)
        problems.push({
          ...{ node: node.id, field: `schedule.${problem.field}`, code: "bad_schedule", message: problem.message },
          severity: "error",
        });
      else timers.push(scheduleTimer(node, arm.now));
    }
    if (node.kind !== "app-trigger") continue;
    if (triggerOf(node, arm.connectors)?.source.kind === "poll") timers.push(...pollTimer(node, arm));
    // Polls for a subscription that cannot be had: whoever looks after that begins and ends it.
    else if (known.get(node.id)?.settings === fallbackSettings(node, arm.connectors)) kept.add(node.id);
  }
  for (const { node } of timers) kept.add(node);
  const statements = timers.flatMap((timer) => startTimer(arm, timer, known.get(timer.node)));
  const gone = rows.filter(({ node }) => !kept.has(node)).map(({ node }) => stopTimer(arm.flow, node));
  return { problems, statements: [...gone, ...statements] };
}

/** As runtime/subscriptions writes it; null where nothing takes over. */
function fallbackSettings(node: AppTriggerNode, connectors: ToArm["connectors"]): string | null {
  const polling = pollingOf(node, connectors);
  return polling && `fallback:${polling.trigger.key}`;
}

function stopTimer(flow: string, node: string): Statement {
  return { text: `DELETE FROM trigger_timers WHERE flow_id = $1 AND node = $2`, params: [flow, node] };
}

function scheduleTimer({ id, schedule }: ScheduleTriggerNode, now: number): Timer {
  const dueAt = nextFiring(schedule, { since: now, after: now }) ?? now;
  return { node: id, kind: "schedule", settings: hashOf(schedule), dueAt };
}

/** The first look is at once: it learns what is there already. */
function pollTimer(node: AppTriggerNode, { connectors, now }: Pick<ToArm, "connectors" | "now">): Timer[] {
  const polling = pollingOf(node, connectors);
  if (!polling) return [];
  const { connector, inputs, connection } = node;
  // How often it is asked does not change what is new.
  const { intervalMs: _, quietMs: __, ...source } = polling.source;
  return [{ node: node.id, kind: "poll", settings: hashOf({ connector, inputs, connection, source }), dueAt: now }];
}

/** Of one that stays as it is cursor and due time are kept; another begins anew. */
function startTimer(
  { workspace, flow, now }: Pick<ToArm, "workspace" | "flow" | "now">,
  { node, kind, settings, dueAt }: Timer,
  before: TimerRow | undefined,
): Statement[] {
  if (before?.kind === kind && before.settings === settings) return [];
  return [
    {
      text: `INSERT INTO trigger_timers (flow_id, node, workspace_id, kind, settings, due_at, since)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (flow_id, node) DO UPDATE SET kind = excluded.kind, settings = excluded.settings, due_at = excluded.due_at,
          since = excluded.since, fired_for = NULL, cursor = NULL, seeded = 0, quiet = 0, attempts = 0, state = 'active',
          reason = NULL, looked_at = NULL, lease_until = NULL`,
      params: [flow, node, workspace, kind, settings, dueAt, now],
    },
  ];
}

function hashOf(settings: object): string {
  return createHash("sha256").update(JSON.stringify(settings)).digest("base64url");
}
