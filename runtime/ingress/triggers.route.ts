import { Hono } from "hono";
import * as api from "../../shared/api/triggers.ts";
import { AppError } from "../../shared/app-error.ts";
import { Schedule } from "../../shared/flow/schedule.ts";
import { readFlow } from "../flows/flow-rows.ts";
import { localTime, nextFiring, scheduleProblem } from "../flows/schedule-times.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import { lookNow, type PollDeps } from "./poll.ts";
import { listTimerRows } from "./timer-rows.ts";

const shown = 10;

/** Schedules and polls as people see them. */
export function triggersRoute(deps: PollDeps & { guard: Guard }): Hono {
  const { sql, clock, guard } = deps;
  const app = new Hono();
  mount(app, { route: api.nextFirings, guard }, async ({ query }) => {
    const schedule = readSchedule(query.schedule);
    const now = clock();
    const firings: { at: number; local: string }[] = [];
    for (let at = nextFiring(schedule, { since: now, after: now }); at !== null && firings.length < shown; ) {
      firings.push({ at, local: localTime(schedule, at) });
      at = nextFiring(schedule, { since: now, after: at });
    }
    return { firings };
  });
  mount(app, { route: api.listTimers, guard }, async ({ params, session }) => {
    const { flow } = await readFlow(sql, session.workspace.id, params.flow);
    return { timers: await listTimerRows(sql, flow.id) };
  });
  mount(app, { route: api.lookNow, guard }, ({ params, session }) =>
    lookNow(deps, { ...params, workspace: session.workspace.id }),
  );
  return app;
}

function readSchedule(text: string): Schedule {
  const bad = (field: string, message: string) => new AppError("bad_request", `${field}: ${message}`, { details: { field } });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad("schedule", "is not JSON");
  }
  const parsed = Schedule.safeParse(value);
  const issue = parsed.error?.issues[0];
  if (!parsed.success) throw bad(["schedule", ...(issue?.path ?? [])].join("."), issue?.message ?? "cannot be read");
  const problem = scheduleProblem(parsed.data);
  if (problem) throw bad(`schedule.${problem.field}`, problem.message);
  return parsed.data;
}
