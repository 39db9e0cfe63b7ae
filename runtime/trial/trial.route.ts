import { Hono } from "hono";
import * as api from "../../shared/api/connectors.ts";
import { AppError } from "../../shared/app-error.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import { shownOptions } from "./resolve-link.ts";
import { listSamples } from "./samples.ts";
import { findTarget, type TrialDeps, testEndpoint } from "./test-endpoint.ts";

/** Calls of endpoints outside runs: tests, and the lists behind linked parameters. */
export function trialRoute(deps: TrialDeps & { guard: Guard }): Hono {
  const { guard } = deps;
  const app = new Hono();
  mount(app, { route: api.testEndpoint, guard }, async ({ params, body, session }) =>
    testEndpoint(deps, { ...params, ...body, workspace: session.workspace.id }),
  );
  mount(app, { route: api.listSamples, guard }, async ({ params, session }) => {
    const { stored, endpoint } = await findTarget(deps, { ...params, workspace: session.workspace.id, connection: null });
    return { samples: await listSamples(deps.sql, stored.id, endpoint.key) };
  });
  mount(app, { route: api.listOptions, guard }, async ({ params, body, session }) => {
    const { inputs, search, refresh } = body;
    const { stored, endpoint, connection } = await findTarget(deps, {
      ...params,
      workspace: session.workspace.id,
      connection: body.connection,
    });
    const parameter = endpoint.parameters.find(({ key }) => key === body.parameter);
    if (!parameter?.link) throw new AppError("not_found", `"${endpoint.name}" has no linked parameter "${body.parameter}"`);
    const question = { connector: stored.document, endpoint, parameter, connection, inputs, search, refresh };
    return { result: shownOptions(await deps.resolveLink(question), question) };
  });
  return app;
}
