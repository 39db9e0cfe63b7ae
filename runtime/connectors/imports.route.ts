import { Hono } from "hono";
import * as api from "../../shared/api/imports.ts";
import type { Clock } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { type Imports, readImportState } from "./imports.ts";

type Deps = { sql: Sql; clock: Clock; guard: Guard; imports: Imports; allowedHttpHosts: string[] };

/** Files that connectors are made from, and connectors as files. */
export function importsRoute(deps: Deps): Hono {
  const { guard } = deps;
  const app = new Hono();
  mount(app, { route: api.startImport, guard }, async ({ body, session }) => ({
    import: await deps.imports.start({ workspace: session.workspace.id, source: body.source }),
  }));
  mount(app, { route: api.getImport, guard }, async ({ params, session }) => ({
    result: await readImportState(deps, { workspace: session.workspace.id, id: params.import }),
  }));
  return app;
}
