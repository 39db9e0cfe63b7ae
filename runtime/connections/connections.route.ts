import { Hono } from "hono";
import * as api from "../../shared/api/connections.ts";
import { AppError } from "../../shared/app-error.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { readConnector, requireConnector } from "../connectors/connector-rows.ts";
import { readFlowUses } from "../connectors/flow-uses.ts";
import type { Clock, Ids } from "../ids.ts";
import { mount } from "../mount.route.ts";
import { baseUrlOf } from "../outbound/base-url.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { checkConnection } from "../trial/check-connection.ts";
import { checkCredentials } from "./check-credentials.ts";
import { checkPlace } from "./check-place.ts";
import { connectionSummary, deleteConnection, listConnectionRows, readConnection } from "./connection-rows.ts";
import { newConnection } from "./create-connection.ts";
import { credentialsOrigins } from "./credentials-origin.ts";
import type { LoadConnection } from "./load-connection.ts";
import { requireShownBaseUrl } from "./shown-base-url.ts";
import { updateConnection } from "./update-connection.ts";
import type { Vault } from "./vault.ts";

type Deps = {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  ids: Ids;
  guard: Guard;
  outbound: Outbound;
  loadConnection: LoadConnection;
  sandboxes: Record<string, string>;
  /** The operator's `host:port` pairs that may be called over http. */
  allowedHttpHosts: string[];
};

/** Connections as people make, check and change them. Nothing here gives a secret back. */
export function connectionsRoute(deps: Deps): Hono {
  const { sql, guard } = deps;
  const app = new Hono();
  mount(app, { route: api.listConnections, guard }, async ({ query, session }) => ({
    connections: await listSummaries(deps, session.workspace.id, query.connector ?? null),
  }));
  mount(app, { route: api.createConnection, guard }, async ({ body, session }) => {
    const workspace = session.workspace.id;
    const { id: connectorId, document } = await readConnector(sql, workspace, body.connector);
    requireShownBaseUrl(document, body.shownBaseUrl);
    requireTarget(deps, document, body.target);
    const place = { target: body.target, variables: body.variables ?? {}, baseUrl: body.baseUrl || null };
    checkPlace(document, place, deps.allowedHttpHosts);
    checkCredentials(document.auth, body.credentials);
    const origin = credentialsOrigins(document, place);
    const { auth } = document;
    const { id, statement } = await newConnection(deps, { ...body, ...place, workspace, connector: connectorId, auth, origin });
    if ((await sql.commit([requireConnector(connectorId), statement])).outcome !== "committed")
      throw new AppError("conflict", `"${document.name}" has just been deleted`);
    return { connection: id, check: await checkConnection(deps, { workspace, id, connector: document }) };
  });
  mount(app, { route: api.updateConnection, guard }, async ({ params, body, session }) => {
    const { workspace, id, connector } = await find(deps, session.workspace.id, params.connection);
    requireShownBaseUrl(connector, body.shownBaseUrl);
    const replaced = await updateConnection(deps, { workspace, id, connector, ...body });
    return { check: replaced ? await checkConnection(deps, { workspace, id, connector }) : null };
  });
  mount(app, { route: api.checkConnection, guard }, async ({ params, session }) => ({
    check: await checkConnection(deps, await find(deps, session.workspace.id, params.connection)),
  }));
  mount(app, { route: api.deleteConnection, guard }, async ({ params, session }) => {
    await deleteConnection(sql, session.workspace.id, params.connection);
    return {};
  });
  return app;
}

async function listSummaries({ sql, sandboxes, clock }: Deps, workspace: string, only: string | null) {
  const rows = await listConnectionRows(sql, workspace, only);
  const uses = await readFlowUses(sql, workspace);
  const connectors = new Map<string, ConnectorDraft>();
  for (const { connector } of rows)
    if (!connectors.has(connector)) connectors.set(connector, (await readConnector(sql, workspace, connector)).document);
  return rows.flatMap((row) => {
    const connector = connectors.get(row.connector);
    const flows = uses.filter(({ published }) => published?.connections.has(row.id)).length;
    return connector
      ? connectionSummary(row, connector, { baseUrl: baseUrlOf(connector, row, sandboxes) ?? "", flows, now: clock() })
      : [];
  });
}

async function find({ sql }: Deps, workspace: string, id: string) {
  const { connector } = await readConnection(sql, workspace, id);
  return { workspace, id, connector: (await readConnector(sql, workspace, connector)).document };
}

function requireTarget({ sandboxes }: Deps, { name, sandbox }: ConnectorDraft, target: "live" | "sandbox"): void {
  if (target === "live" || (sandbox !== undefined && Object.hasOwn(sandboxes, sandbox))) return;
  const message = sandbox === undefined ? `"${name}" has no sandbox` : `the sandbox of "${name}" is switched off here`;
  throw new AppError("bad_request", `target: ${message}`, { details: { issues: [{ field: "target", message }] } });
}
