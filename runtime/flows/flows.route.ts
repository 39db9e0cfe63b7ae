import { Hono } from "hono";
import {
  createFlow,
  deleteFlow,
  getFlow,
  listFlows,
  pauseFlow,
  resumeFlow,
  runFlow,
  unpublishFlow,
  updateFlow,
} from "../../shared/api/flows.ts";
import { AppError } from "../../shared/app-error.ts";
import { versionView } from "../engine/run-rows.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Ingest } from "../ingress/ingest.ts";
import { runNow } from "../ingress/run-now.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import * as change from "./change-flow.ts";
import { listFlowRows, listHookRows, readFlow } from "./flow-rows.ts";
import type { LoadVersion } from "./load-version.ts";
import * as pause from "./pause-flow.ts";
import { createFlow as makeFlow } from "./publish-flow.ts";

type Deps = {
  sql: Sql;
  ingest: Ingest;
  loadVersion: LoadVersion;
  clock: Clock;
  ids: Ids;
  publicUrl: string;
  guard: Guard;
};

/** Flows as people see, name and start them. */
export function flowsRoute(deps: Deps): Hono {
  const { sql, loadVersion, publicUrl, guard } = deps;
  const app = new Hono();
  mount(app, { route: listFlows, guard }, async ({ session }) => ({
    flows: await listFlowRows(sql, session.workspace.id),
  }));
  mount(app, { route: getFlow, guard }, async ({ params, session }) => {
    const workspace = session.workspace.id;
    const { flow, versionId } = await readFlow(sql, workspace, params.flow);
    const version = versionId === null ? null : await versionView(sql, workspace, await loadVersion(workspace, versionId));
    return { flow, version, hooks: await listHookRows(sql, flow.id, publicUrl) };
  });
  mount(app, { route: runFlow, guard }, async ({ params, body, session }) => {
    const workspace = session.workspace.id;
    const { flow, versionId } = await readFlow(sql, workspace, params.flow);
    if (versionId === null) throw new AppError("conflict", `"${flow.name}" has no published version to run`);
    if (flow.state === "paused") throw new AppError("conflict", `"${flow.name}" is paused: resume it first`);
    return runNow(deps, {
      workspace,
      flow: flow.id,
      version: await loadVersion(workspace, versionId),
      body: body.body,
      trigger: body.trigger,
    });
  });
  mount(app, { route: createFlow, guard }, async ({ body, session }) => ({
    flow: await makeFlow(deps, { ...body, workspace: session.workspace.id }),
  }));
  mount(app, { route: updateFlow, guard }, async ({ params, body, session }) => {
    await change.updateFlow(deps, { ...body, workspace: session.workspace.id, flow: params.flow });
    return {};
  });
  mount(app, { route: deleteFlow, guard }, async ({ params, session }) => {
    await change.deleteFlow(deps, { workspace: session.workspace.id, flow: params.flow });
    return {};
  });
  mount(app, { route: pauseFlow, guard }, async ({ params, session }) => {
    await pause.pauseFlow(deps, { workspace: session.workspace.id, flow: params.flow });
    return {};
  });
  mount(app, { route: resumeFlow, guard }, async ({ params, session }) => {
    await pause.resumeFlow(deps, { workspace: session.workspace.id, flow: params.flow });
    return {};
  });
  mount(app, { route: unpublishFlow, guard }, async ({ params, session }) => {
    await pause.unpublishFlow(deps, { workspace: session.workspace.id, flow: params.flow });
    return {};
  });
  return app;
}
