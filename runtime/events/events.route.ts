import { Hono } from "hono";
import * as api from "../../shared/api/events.ts";
import { detectRefusal } from "../../shared/api/webhooks.ts";
import { AppError } from "../../shared/app-error.ts";
import type { LoadVersion } from "../flows/load-version.ts";
import type { Clock, Ids } from "../ids.ts";
import type { IngestAll } from "../ingress/ingest.ts";
import type { LoadHook } from "../ingress/load-hook.ts";
import { replayMany, replayOne } from "../ingress/replay.ts";
import { detectInRefusal, redactorOf, showRefusal } from "../ingress/show-refusal.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { listEventRows, readEvent } from "./event-rows.ts";
import type { Refusals } from "./refusals.ts";

type Deps = {
  sql: Sql;
  refusals: Refusals;
  loadHook: LoadHook;
  ingestAll: IngestAll;
  loadVersion: LoadVersion;
  clock: Clock;
  ids: Ids;
  guard: Guard;
};

/** The inbox: what was accepted, and what was refused and why. */
export function eventsRoute(deps: Deps): Hono {
  const { sql, refusals, guard } = deps;
  const app = new Hono();
  mount(app, { route: api.listEvents, guard }, ({ query, session }) => listEventRows(sql, session.workspace.id, query));
  mount(app, { route: api.getEvent, guard }, async ({ params, session }) => {
    const event = await readEvent(sql, session.workspace.id, params.event);
    const { text } = redactorOf(event.hook === null ? null : await deps.loadHook(event.hook));
    return { event: { ...event, body: text(event.body) } };
  });
  mount(app, { route: api.replayEvents, guard }, ({ body, session }) =>
    replayMany(deps, { workspace: session.workspace.id, by: session.person.id, to: body.to }, body.events),
  );
  mount(app, { route: api.replayEvent, guard }, ({ params, body, session }) =>
    replayOne(deps, { workspace: session.workspace.id, by: session.person.id, to: body.to }, params.event),
  );
  mount(app, { route: api.listRefusals, guard }, async ({ session }) => ({ refusals: refusals.list(session.workspace.id) }));
  mount(app, { route: api.getRefusal, guard }, async ({ params, session }) => {
    const found = refusals.find(session.workspace.id, params.refusal);
    if (!found) throw noRefusal();
    return showRefusal(deps, found);
  });
  mount(app, { route: detectRefusal, guard }, async ({ params, session }) => {
    const found = refusals.find(session.workspace.id, params.refusal);
    if (!found) throw noRefusal();
    return detectInRefusal(deps, found);
  });
  return app;
}

function noRefusal(): AppError {
  return new AppError("not_found", "there is no such refused delivery any more: only the last ones are kept, in memory");
}
