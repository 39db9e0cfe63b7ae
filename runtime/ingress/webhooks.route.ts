import { Hono } from "hono";
import * as api from "../../shared/api/webhooks.ts";
import type { Vault } from "../connections/vault.ts";
import type { Clock } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { detectIn } from "./show-refusal.ts";
import { parseRawRequest } from "./verify/raw-request.ts";
import { makeGlobalHook, setWebhookSecret, vouchFor, webhookStandings } from "./webhook-settings.ts";

type Deps = { sql: Sql; vault: Vault; clock: Clock; publicUrl: string; guard: Guard };

/** What incoming webhooks have beside their description: secrets and global URLs. */
export function webhooksRoute(deps: Deps): Hono {
  const { sql, guard } = deps;
  const app = new Hono();
  mount(app, { route: api.getWebhookStandings, guard }, ({ params, session }) =>
    webhookStandings(deps, { workspace: session.workspace.id, key: params.key }),
  );
  mount(app, { route: api.setWebhookSecret, guard }, ({ params, body, session }) =>
    setWebhookSecret(deps, { ...params, workspace: session.workspace.id }, body),
  );
  mount(app, { route: api.vouchForConnector, guard }, async ({ params, body, session }) => {
    await vouchFor(sql, { workspace: session.workspace.id, key: params.key }, body.vouched);
    return {};
  });
  mount(app, { route: api.makeGlobalHook, guard }, async ({ params, session }) => ({
    url: await makeGlobalHook(deps, { ...params, workspace: session.workspace.id }),
  }));
  mount(app, { route: api.detectSignature, guard }, async ({ body: { request, secret } }) => {
    const parsed = parseRawRequest(Buffer.from(request.raw, "utf8"), request.url);
    return detectIn({ request: parsed, secret, now: deps.clock() });
  });
  return app;
}
