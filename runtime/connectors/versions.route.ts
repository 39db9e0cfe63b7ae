import { Hono } from "hono";
import * as api from "../../shared/api/connector-versions.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Clock, Ids } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { readConnector, requireConnector } from "./connector-rows.ts";
import { findVersion, installedConnector, installing, readInstalled, readVersionDocument, uninstall } from "./installed.ts";
import { gateProblems, listVersionsOf, publishVersion } from "./publish-version.ts";

type Deps = { sql: Sql; clock: Clock; ids: Ids; guard: Guard };

/** Versions of connectors, and which of them flows of the workspace use. */
export function versionsRoute(deps: Deps): Hono {
  const { sql, clock, guard } = deps;
  const app = new Hono();
  mount(app, { route: api.listInstalled, guard }, async ({ session }) => ({
    connectors: [...(await readInstalled(sql, session.workspace.id)).values()].map(installedConnector),
  }));
  mount(app, { route: api.listConnectorVersions, guard }, async ({ params, session }) => {
    const stored = await readConnector(sql, session.workspace.id, params.connector);
    const listed = await listVersionsOf(sql, session.workspace.id, stored);
    return stored.origin === "built-in"
      ? { ...listed, changed: false, problems: [] }
      : { ...listed, problems: await gateProblems(sql, stored) };
  });
  mount(app, { route: api.getConnectorVersion, guard }, async ({ params, session }) => {
    const { connector: key, version: number } = params;
    return { number, document: await readVersionDocument(sql, session.workspace.id, { key, number }) };
  });
  mount(app, { route: api.publishConnectorVersion, guard }, ({ params, body, session }) =>
    publishVersion(deps, { ...body, workspace: session.workspace.id, key: params.connector, by: session.person.id }),
  );
  mount(app, { route: api.installConnector, guard }, async ({ params, body, session }) => {
    const workspace = session.workspace.id;
    const version = await findVersion(sql, workspace, { key: params.connector, number: body.version });
    if (!version) throw new AppError("not_found", `the connector "${params.connector}" has no version ${body.version}`);
    const { id, connector } = version;
    const statement = installing({
      workspace,
      connector,
      version: id,
      source: "marketplace",
      by: session.person.id,
      at: clock(),
    });
    if ((await sql.commit([requireConnector(connector), statement])).outcome !== "committed")
      throw new AppError("conflict", `the connector "${params.connector}" has just been deleted`);
    return {};
  });
  mount(app, { route: api.uninstallConnector, guard }, async ({ params, session }) => {
    await uninstall(sql, session.workspace.id, params.connector);
    return {};
  });
  return app;
}
