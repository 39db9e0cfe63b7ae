import { Hono } from "hono";
import * as api from "../../shared/api/subscriptions.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Vault } from "../connections/vault.ts";
import type { Clock, Ids } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { ProbeUrl } from "../outbound/probe-url.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { retrySubscription } from "../subscriptions/retry-subscription.ts";
import { makeSheet, readSheet, revokeSheet } from "./hook-sheet.ts";
import type { LoadHook } from "./load-hook.ts";
import { createRateLimit } from "./rate-limit.ts";
import { probeHook, showHook } from "./show-hook.ts";

type Deps = {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  ids: Ids;
  loadHook: LoadHook;
  publicUrl: string;
  probeUrl: ProbeUrl;
  guard: Guard;
};

/** Sheets are read by people and signed each time; their links cannot be guessed. */
const sheetsAMinute = { most: 60, windowMs: 60_000 };

/** Subscriptions as people see them, and their set-up sheets for providers. */
export function hooksRoute(deps: Deps): Hono {
  const { guard, clock } = deps;
  const app = new Hono();
  const limit = createRateLimit(clock, sheetsAMinute);
  mount(app, { route: api.getHook, guard }, async ({ params, session }) => ({
    hook: await showHook(deps, session.workspace.id, params.hook),
  }));
  mount(app, { route: api.retrySubscription, guard }, async ({ params, session }) => {
    await retrySubscription(deps, session.workspace.id, params.hook);
    return {};
  });
  mount(app, { route: api.makeSheet, guard }, async ({ params, session }) => ({
    url: await makeSheet(deps, session.workspace.id, params.hook),
  }));
  mount(app, { route: api.revokeSheet, guard }, async ({ params, session }) => {
    await revokeSheet(deps, session.workspace.id, params.hook);
    return {};
  });
  mount(app, { route: api.getSheet, guard }, async ({ params }) => {
    // Each by itself: whoever asks for sheets that there are not keeps nobody from another.
    if (!limit.take(params.token))
      throw new AppError("rate_limited", "too many are looking at this sheet: try again in a minute");
    return readSheet(deps, params.token);
  });
  mount(app, { route: api.probeHook, guard }, ({ params, session }) => probeHook(deps, session.workspace.id, params.hook));
  return app;
}
