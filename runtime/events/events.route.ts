import { Hono } from "hono";
import { getEvent, listEvents, listRefusals } from "../../shared/api/events.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { listEventRows, readEvent } from "./event-rows.ts";
import type { Refusals } from "./refusals.ts";

type Deps = { sql: Sql; refusals: Refusals; guard: Guard };

/** The inbox: what was accepted, and what was refused and why. */
export function eventsRoute({ sql, refusals, guard }: Deps): Hono {
  const app = new Hono();
  mount(app, { route: listEvents, guard }, ({ query, session }) => listEventRows(sql, session.workspace.id, query));
  mount(app, { route: getEvent, guard }, async ({ params, session }) => ({
    event: await readEvent(sql, session.workspace.id, params.event),
  }));
  mount(app, { route: listRefusals, guard }, async ({ session }) => ({ refusals: refusals.list(session.workspace.id) }));
  return app;
}
