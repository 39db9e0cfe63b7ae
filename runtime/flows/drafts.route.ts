import { Hono } from "hono";
import * as api from "../../shared/api/flows.ts";
import type { Vault } from "../connections/vault.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Ingest } from "../ingress/ingest.ts";
import { runNow } from "../ingress/run-now.ts";
import { setHook } from "../ingress/set-hook.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { readDraft } from "./draft-rows.ts";
import { listVersionRows } from "./flow-rows.ts";
import { publishedPins } from "./freeze-flow.ts";
import type { LoadVersion } from "./load-version.ts";
import { freezeDraft, publishDraft } from "./publish-draft.ts";
import { saveEdits } from "./save-edits.ts";

type Deps = {
  sql: Sql;
  vault: Vault;
  ingest: Ingest;
  loadVersion: LoadVersion;
  clock: Clock;
  ids: Ids;
  publicUrl: string;
  guard: Guard;
};

/** Drafts as people edit, try and publish them. */
export function draftsRoute(deps: Deps): Hono {
  const { sql, loadVersion, guard } = deps;
  const app = new Hono();
  mount(app, { route: api.getDraft, guard }, async ({ params, session }) => {
    const { revision, document, changed, savedAt } = await readDraft(sql, session.workspace.id, params.flow);
    return { revision, document, changed, savedAt, pinned: await publishedPins(sql, session.workspace.id, params.flow) };
  });
  mount(app, { route: api.saveEdits, guard }, ({ params, body, session }) =>
    saveEdits(deps, { ...body, workspace: session.workspace.id, flow: params.flow }),
  );
  mount(app, { route: api.publishDraft, guard }, ({ params, body, session }) =>
    publishDraft(deps, { ...body, workspace: session.workspace.id, flow: params.flow }),
  );
  mount(app, { route: api.listVersions, guard }, async ({ params, session }) => ({
    versions: await listVersionRows(sql, session.workspace.id, params.flow),
  }));
  mount(app, { route: api.runDraft, guard }, async ({ params, body, session }) => {
    const workspace = session.workspace.id;
    const { flow } = params;
    const version = await freezeDraft(deps, { workspace, flow, revision: body.revision, until: body.until });
    return runNow(deps, {
      workspace,
      flow,
      version: await loadVersion(workspace, version),
      body: body.body,
      trigger: body.trigger,
    });
  });
  mount(app, { route: api.setHook, guard }, ({ params, body, session }) =>
    setHook(deps, { ...body, workspace: session.workspace.id, flow: params.flow, node: params.node }),
  );
  return app;
}
