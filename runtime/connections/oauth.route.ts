import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import { html } from "hono/html";
import { authorizeConnection } from "../../shared/api/connections.ts";
import { setOAuthClient } from "../../shared/api/connectors.ts";
import { AppError } from "../../shared/app-error.ts";
import { oauthCallbackPath } from "../../shared/connector/oauth2.ts";
import { readConnector } from "../connectors/connector-rows.ts";
import type { Clock } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { Guard } from "../people/guard.ts";
import { readSessionCookie } from "../people/session-cookie.ts";
import { hashToken } from "../people/token.ts";
import type { Sql } from "../store/sql.ts";
import { beginOAuth } from "../trial/begin-oauth.ts";
import { finishOAuth } from "../trial/finish-oauth.ts";
import { readConnection } from "./connection-rows.ts";
import { foreignCredentials, originsToReach } from "./credentials-origin.ts";
import type { LoadConnection } from "./load-connection.ts";
import { setOAuthClient as storeClient } from "./oauth-client.ts";
import { createOAuthStates } from "./oauth-states.ts";
import { updateConnection } from "./update-connection.ts";
import type { Vault } from "./vault.ts";

type Deps = {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  guard: Guard;
  outbound: Outbound;
  loadConnection: LoadConnection;
  sandboxes: Record<string, string>;
  publicUrl: string;
  /** The operator's `host:port` pairs that may be called over http. */
  allowedHttpHosts: string[];
};

/** How people sign in at OAuth providers for connections, and the clients that connectors are registered with there. */
export function oauthRoute(deps: Deps): Hono {
  const { guard, publicUrl } = deps;
  const states = createOAuthStates({ ...deps, randomBytes });
  // As the operator configured it, whatever the request's Host says.
  const redirectUri = publicUrl + oauthCallbackPath;
  const app = new Hono();
  mount(app, { route: setOAuthClient, guard }, async ({ params, body, session }) => {
    await storeClient(deps, { workspace: session.workspace.id, key: params.connector, ...body });
    return {};
  });
  mount(app, { route: authorizeConnection, guard }, async ({ c, params, body, session }) => {
    const workspace = session.workspace.id;
    const { connector, connection } = await readyToAuthorize(deps, workspace, params.connection);
    const by = { workspace, user: session.person.id, session: sessionOf(c) };
    const { returnTo } = body;
    return { url: await beginOAuth({ states, randomBytes, redirectUri }, { by, connector, connection, returnTo }) };
  });
  app.get("/connector/callback", async (c) => {
    try {
      const session = await guard.requirePerson(c);
      const by = { workspace: session.workspace.id, user: session.person.id, session: sessionOf(c) };
      const { state, code, error, iss } = c.req.query();
      const answer = { ...(state && { state }), ...(code && { code }), ...(error && { error }), ...(iss && { iss }) };
      const connected = (workspace: string, id: string) => connectorOf(deps, workspace, id);
      return c.redirect(await finishOAuth({ ...deps, states, redirectUri, connectorOf: connected }, by, answer), 302);
    } catch (fault) {
      if (!(fault instanceof AppError) || (fault.code !== "bad_request" && fault.code !== "unauthenticated")) throw fault;
      // A person reads this, in the place of the page that they began at.
      return c.html(refusalPage(fault.message), fault.code === "bad_request" ? 400 : 401);
    }
  });
  return app;
}

/**
 * A connection whose connector asks for tokens elsewhere by now gives up what it was granted before: whoever signs in means the
 * connector as it is. Secrets of its own are not taken along: then it throws `bad_request`, naming what to enter.
 */
async function readyToAuthorize(deps: Deps, workspace: string, id: string) {
  const load = () => deps.loadConnection(workspace, id);
  const [connector, known] = [await connectorOf(deps, workspace, id), await load()];
  if (!connector || !known) throw new AppError("not_found", `there is no connection ${id}`);
  const elsewhere = originsToReach(connector, known).some((origin) => foreignCredentials(connector, known, origin) !== null);
  if (connector.auth.kind === "oauth2" && elsewhere) await updateConnection(deps, { workspace, id, connector, credentials: {} });
  return { connector, connection: (await load()) ?? known };
}

/** Null when the connection is gone, or is none of this workspace. */
async function connectorOf({ sql }: Deps, workspace: string, id: string) {
  try {
    const { connector } = await readConnection(sql, workspace, id);
    return (await readConnector(sql, workspace, connector)).document;
  } catch (fault) {
    if (fault instanceof AppError && fault.code === "not_found") return null;
    throw fault;
  }
}

function sessionOf(c: Context): string {
  // The guard has let them in, so there is one.
  return hashToken(readSessionCookie(c.req.header("cookie")) ?? "");
}

/** `reason`: words of ours; nothing of the request is on the page. */
function refusalPage(reason: string) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>Not connected</title>
        <style>
          body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1.5rem; }
        </style>
      </head>
      <body>
        <h1>Not connected</h1>
        <p>Nothing was changed: ${reason}.</p>
        <p><a href="/connections">Back to the connections</a></p>
      </body>
    </html>`;
}
