import { Hono } from "hono";
import { tryCode as tryCodeRoute } from "../../shared/api/code.ts";
import * as api from "../../shared/api/connectors.ts";
import { testTrigger as testTriggerRoute } from "../../shared/api/triggers.ts";
import { AppError } from "../../shared/app-error.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import { listOptions } from "./list-options.ts";
import { listSamples } from "./samples.ts";
import { findTarget, type TrialDeps, testEndpoint } from "./test-endpoint.ts";
import { type TestTriggerDeps, testTrigger } from "./test-trigger.ts";
import { type TryCodeDeps, tryCode } from "./try-code.ts";

/** Outside of runs: tests of endpoints, triggers and code, and the lists behind linked parameters. */
export function trialRoute(deps: TrialDeps & TestTriggerDeps & TryCodeDeps & { guard: Guard }): Hono {
  const { guard } = deps;
  const app = new Hono();
  mount(app, { route: api.testEndpoint, guard }, async ({ params, body, session }) =>
    testEndpoint(deps, { ...params, ...body, workspace: session.workspace.id }),
  );
  mount(app, { route: testTriggerRoute, guard }, ({ params, body, session }) =>
    testTrigger(deps, { ...params, ...body, workspace: session.workspace.id }),
  );
  mount(app, { route: tryCodeRoute, guard }, ({ c, body, session }) =>
    tryCode(deps, { ...body, key: session.person.id, signal: c.req.raw.signal }),
  );
  mount(app, { route: api.listSamples, guard }, async ({ params, session }) => {
    const { stored, endpoint } = await findTarget(deps, { ...params, workspace: session.workspace.id, connection: null });
    return { samples: await listSamples(deps.sql, stored.id, endpoint.key) };
  });
  mount(app, { route: api.listOptions, guard }, async ({ params, body, session }) => {
    if (body.link && session.person.role !== "administrator")
      throw new AppError("forbidden", "only an administrator may try a link that is not saved");
    return { result: await listOptions(deps, { ...params, workspace: session.workspace.id, body }) };
  });
  return app;
}
