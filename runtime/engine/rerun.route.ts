import { Hono } from "hono";
import { bulkRuns, previewRerun, rerunRun } from "../../shared/api/rerun.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { EngineStore } from "../store/engine-store.ts";
import { bulk } from "./bulk-runs.ts";
import { previewOf, type RerunDeps, startRerun } from "./rerun.ts";

type Deps = RerunDeps & { engine: EngineStore; guard: Guard };

/** Ended runs gone over again, and many runs steered at once. */
export function rerunRoute({ guard, ...deps }: Deps): Hono {
  const app = new Hono();
  mount(app, { route: rerunRun, guard }, async ({ params, body, session }) => ({
    run: await startRerun(deps, { workspace: session.workspace.id, run: params.run, ...body }),
  }));
  mount(app, { route: previewRerun, guard }, ({ params, query, session }) => {
    const { step, version } = query;
    const from = step === undefined ? (query.from === "failed" ? "failed" : "trigger") : { step };
    return previewOf(deps, { workspace: session.workspace.id, run: params.run, from, version });
  });
  mount(app, { route: bulkRuns, guard }, ({ body, session }) =>
    bulk(deps, { workspace: session.workspace.id, by: session.person.id, ...body }),
  );
  return app;
}
