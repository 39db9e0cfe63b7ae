import { Hono } from "hono";
import * as api from "../../shared/api/flow-files.ts";
import { canonicalText } from "../../shared/canonical-text.ts";
import { exportConnector } from "../../shared/connector/connector-file.ts";
import { readConnector } from "../connectors/connector-rows.ts";
import { slugOf } from "../connectors/import/names.ts";
import { importConnectorFile, requireConnectorFile } from "../connectors/transfer-connector.ts";
import type { Clock, Ids } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { flowFile, importChoices, importFlowFile, requireFlowFile } from "./transfer-flow.ts";

type Deps = { sql: Sql; clock: Clock; ids: Ids; guard: Guard };

/** Flows and connectors as files. */
export function transferRoute(deps: Deps): Hono {
  const { sql, guard } = deps;
  const app = new Hono();
  mount(app, { route: api.exportFlow, guard }, async ({ params, session }) => {
    const file = await flowFile(sql, session.workspace.id, params.flow);
    return { fileName: `${slugOf(file.name, "flow")}.flow.json`, text: canonicalText(file), file };
  });
  mount(app, { route: api.previewFlowImport, guard }, async ({ body, session }) =>
    importChoices(sql, session.workspace.id, requireFlowFile(body.file)),
  );
  mount(app, { route: api.importFlow, guard }, async ({ body, session }) => {
    const file = requireFlowFile(body.file);
    return importFlowFile(deps, { ...body, file, workspace: session.workspace.id, person: session.person.id });
  });
  mount(app, { route: api.exportConnectorFile, guard }, async ({ params, session }) => {
    const { document } = await readConnector(sql, session.workspace.id, params.connector);
    const file = exportConnector(document);
    return { fileName: `${document.key}.connector.json`, text: canonicalText(file), file };
  });
  mount(app, { route: api.importConnectorFile, guard }, async ({ body, session }) =>
    importConnectorFile(deps, { workspace: session.workspace.id, file: requireConnectorFile(body.file) }),
  );
  return app;
}
