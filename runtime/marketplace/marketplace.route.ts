import { Hono } from "hono";
import * as api from "../../shared/api/marketplace.ts";
import { labelOf } from "../connectors/connector-rows.ts";
import type { Clock, Ids } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { readListing, readListings } from "./listings.ts";
import { decide, listSubmissionRows, submitVersion, withdraw } from "./submissions.ts";

type Deps = { sql: Sql; clock: Clock; ids: Ids; guard: Guard };

/** The marketplace: what is listed, and how a connector gets there. */
export function marketplaceRoute(deps: Deps): Hono {
  const { sql, guard } = deps;
  const app = new Hono();
  mount(app, { route: api.listMarketplace, guard }, async ({ session }) => ({
    listings: (await readListings(sql, session.workspace.id)).map(({ listing }) => listing),
  }));
  mount(app, { route: api.getListing, guard }, async ({ params, session }) => {
    const { listing, document, note } = await readListing(sql, session.workspace.id, params.connector);
    const { baseUrl, endpoints, actions = [] } = document;
    const shown = actions.map(({ key, name, description, category }) => ({ key, name, description, category }));
    return { listing, baseUrl, endpoints: endpoints.map(labelOf), actions: shown, note };
  });
  mount(app, { route: api.submitConnector, guard }, async ({ params, body, session }) => {
    const { version: number, note } = body;
    const who = { workspace: session.workspace.id, by: session.person.id };
    return { submission: await submitVersion(deps, { ...who, key: params.connector, number, note }) };
  });
  mount(app, { route: api.listSubmissions, guard }, async ({ query, session }) => ({
    submissions: await listSubmissionRows(sql, session.workspace.id, query.connector ?? null),
  }));
  mount(app, { route: api.decideSubmission, guard }, async ({ params, body, session }) => {
    const who = { workspace: session.workspace.id, by: session.person.id };
    await decide(deps, { ...who, submission: params.submission, given: body.decision });
    return {};
  });
  mount(app, { route: api.withdrawConnector, guard }, async ({ params, session }) => {
    await withdraw(deps, { workspace: session.workspace.id, by: session.person.id, key: params.connector });
    return {};
  });
  return app;
}
