import { Hono } from "hono";
import * as api from "../../shared/api/connectors.ts";
import { oauthCallbackPath } from "../../shared/connector/oauth2.ts";
import { readOAuthClient } from "../connections/oauth-client.ts";
import type { Clock, Ids } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { listConnectorRows, listTests, readConnector } from "./connector-rows.ts";
import { createConnector } from "./create-connector.ts";
import { deleteConnector, saveConnector } from "./save-connector.ts";

type Deps = {
  sql: Sql;
  clock: Clock;
  ids: Ids;
  guard: Guard;
  /** The operator's `host:port` pairs that may be called over http. */
  allowedHttpHosts: string[];
  publicUrl: string;
  /** Base URLs of the sandboxes that this process can reach, by name. */
  sandboxes: Record<string, string>;
};

/** Connectors as people see, import and edit them. */
export function connectorsRoute(deps: Deps): Hono {
  const { sql, guard } = deps;
  const app = new Hono();
  mount(app, { route: api.listConnectors, guard }, async ({ session }) => ({
    connectors: await listConnectorRows(sql, session.workspace.id),
    redirectUrl: deps.publicUrl + oauthCallbackPath,
  }));
  mount(app, { route: api.getConnector, guard }, async ({ params, session }) => {
    const connector = await readConnector(sql, session.workspace.id, params.connector);
    const { origin, revision, document } = connector;
    // Sample inputs may be somebody's records: they are for those who make tests.
    const tests = await listTests(sql, connector);
    const sandbox = document.sandbox !== undefined && Object.hasOwn(deps.sandboxes, document.sandbox);
    return {
      origin,
      revision,
      document,
      tests: session.person.role === "administrator" ? tests : tests.map((test) => ({ ...test, inputs: {} })),
      oauthClient: await readOAuthClient(sql, connector.id),
      redirectUrl: deps.publicUrl + oauthCallbackPath,
      sandbox,
    };
  });
  mount(app, { route: api.createConnector, guard }, async ({ body, session }) => ({
    connector: await createConnector(deps, { ...body, workspace: session.workspace.id }),
  }));
  mount(app, { route: api.editConnector, guard }, async ({ params, body, session }) => ({
    revision: await saveConnector(deps, { workspace: session.workspace.id, key: params.connector, ...body }),
  }));
  mount(app, { route: api.deleteConnector, guard }, async ({ params, session }) => {
    await deleteConnector(deps, { workspace: session.workspace.id, key: params.connector });
    return {};
  });
  return app;
}
