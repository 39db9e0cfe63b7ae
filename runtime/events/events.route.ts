import { Hono } from "hono";
import { getEvent, listEvents, listRefusals } from "../../shared/api/events.ts";
import { type Authenticate, mount } from "../mount.route.ts";
import type { Sql } from "../store/sql.ts";
import { listEventRows, readEvent } from "./event-rows.ts";
import type { Refusals } from "./refusals.ts";

type Deps = { sql: Sql; refusals: Refusals; authenticate: Authenticate };

/** The inbox: what was accepted, and what was refused and why. */
export function eventsRoute({ sql, refusals, authenticate }: Deps): Hono {
  const app = new Hono();
  mount(app, { route: listEvents, authenticate }, ({ query, session }) => listEventRows(sql, session.workspace.id, query));
  mount(app, { route: getEvent, authenticate }, async ({ params, session }) => ({
    event: await readEvent(sql, session.workspace.id, params.event),
  }));
  mount(app, { route: listRefusals, authenticate }, async ({ session }) => ({ refusals: refusals.list(session.workspace.id) }));
  return app;
}
