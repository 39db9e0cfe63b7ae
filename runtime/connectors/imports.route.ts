import { Hono } from "hono";
import * as api from "../../shared/api/imports.ts";
import type { Clock } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { readConnector } from "./connector-rows.ts";
import { exportOpenApi } from "./export-openapi.ts";
import { type Imports, readImportState } from "./imports.ts";
import { applyMerge, previewMerge, readTakenFile } from "./merge-specification.ts";

type Deps = { sql: Sql; clock: Clock; guard: Guard; imports: Imports; allowedHttpHosts: string[] };

/** Files that connectors are made from, and connectors as files. */
export function importsRoute(deps: Deps): Hono {
  const { guard } = deps;
  const app = new Hono();
  mount(app, { route: api.startImport, guard }, async ({ body: { source }, session }) => ({
    import: await deps.imports.start({
      workspace: session.workspace.id,
      source: "text" in source ? { pieces: [Buffer.from(source.text)] } : source,
    }),
  }));
  mount(app, { route: api.importFile, guard }, async ({ body, session }) => ({
    import: await deps.imports.start({ workspace: session.workspace.id, source: { pieces: body } }),
  }));
  mount(app, { route: api.getImport, guard }, async ({ params, session }) => ({
    result: await readImportState(deps, { workspace: session.workspace.id, id: params.import }),
  }));
  mount(app, { route: api.getImportSource, guard }, async ({ params, session }) => {
    const file = await readTakenFile(deps.sql, { workspace: session.workspace.id, key: params.connector });
    if (!file) return { source: null };
    const { format = "OpenAPI", title = "", readAt = null, extensions = [] } = file.source ?? {};
    return { source: { format, title, readAt, endpoints: file.endpoints.length, extensions } };
  });
  mount(app, { route: api.previewImport, guard }, async ({ params, body, session }) => ({
    merge: await previewMerge(deps, { workspace: session.workspace.id, key: params.connector }, body),
  }));
  mount(app, { route: api.applyImport, guard }, async ({ params, body, session }) => ({
    revision: await applyMerge(deps, { workspace: session.workspace.id, key: params.connector }, body),
  }));
  mount(app, { route: api.exportConnector, guard }, async ({ params, session }) => {
    const { document } = await readConnector(deps.sql, session.workspace.id, params.connector);
    return { fileName: `${document.key}.openapi.json`, document: exportOpenApi(document) };
  });
  return app;
}
