import { Hono } from "hono";
import { getRunTest } from "../../shared/api/flow-tests.ts";
import { AppError } from "../../shared/app-error.ts";
import { readRun } from "../engine/run-rows.ts";
import type { LoadVersion } from "../flows/load-version.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { EngineStore } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";
import { recordFlowTest } from "./record-flow-test.ts";

type Deps = { sql: Sql; engine: EngineStore; loadVersion: LoadVersion; guard: Guard };

/** Runs as tests. */
export function flowTestsRoute({ sql, engine, loadVersion, guard }: Deps): Hono {
  const app = new Hono();
  mount(app, { route: getRunTest, guard }, async ({ params, session }) => {
    const workspace = session.workspace.id;
    const { run, versionId } = await readRun(sql, workspace, params.run);
    if (run.finishedAt === null) throw new AppError("conflict", "the run has not ended yet: a test is made of what it came to");
    if (run.rerunOf !== null)
      throw new AppError(
        "conflict",
        "the run took over steps of an earlier one: make the test of a run that began at its trigger",
      );
    const [version, records] = await Promise.all([loadVersion(workspace, versionId), engine.journal(run.id, 0, { bare: false })]);
    return recordFlowTest({ name: `${run.flow.name}, ${new Date(run.createdAt).toISOString().slice(0, 10)}`, version, records });
  });
  return app;
}
