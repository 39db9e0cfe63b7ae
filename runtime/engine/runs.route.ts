import { Hono } from "hono";
import { cancelRun, decideOutcome, getEntryValues, getRun, listRuns } from "../../shared/api/runs.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Json } from "../../shared/json.ts";
import type { JournalValues } from "../../shared/run/journal.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { masked } from "../../shared/run/sealed-value.ts";
import type { LoadVersion } from "../flows/load-version.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { EngineStore, Signal } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";
import { namedPeople } from "./named-people.ts";
import { listRunRows, readRun, versionView } from "./run-rows.ts";

type Deps = { sql: Sql; engine: EngineStore; loadVersion: LoadVersion; guard: Guard };

/** Runs as people see and steer them. */
export function runsRoute({ sql, engine, loadVersion, guard }: Deps): Hono {
  const app = new Hono();
  mount(app, { route: listRuns, guard }, ({ query, session }) => listRunRows(sql, session.workspace.id, query));
  mount(app, { route: getRun, guard }, async ({ params, session }) => {
    const { run, versionId } = await readRun(sql, session.workspace.id, params.run);
    const version = await versionView(sql, session.workspace.id, await loadVersion(session.workspace.id, versionId));
    const records = await engine.journal(run.id, 0, { bare: true });
    const entries = records.map(({ entry }) => entry);
    return { run, version, entries, people: await namedPeople(sql, session.workspace.id, entries) };
  });
  mount(app, { route: getEntryValues, guard }, async ({ params, session }) => {
    const { run } = await readRun(sql, session.workspace.id, params.run);
    const record = await engine.entry(run.id, params.number);
    if (!record) throw new AppError("not_found", `the run has no journal entry ${params.number}`);
    return { entry: record.entry, values: masked(record.values as Json) as JournalValues };
  });
  mount(app, { route: cancelRun, guard }, async ({ params, session }) => {
    await leave(session.workspace.id, params.run, { kind: "cancel", by: session.person.id });
    return {};
  });
  mount(app, { route: decideOutcome, guard }, async ({ params, body, session }) => {
    await requireUndecided(session.workspace.id, params.run, params.step);
    await leave(session.workspace.id, params.run, {
      kind: "decide-outcome",
      step: params.step,
      decision: body.decision,
      ...(body.output !== undefined && { output: body.output }),
      by: session.person.id,
    });
    return {};
  });
  return app;

  /** Throws `conflict` when the step asks for no decision, or has one. */
  async function requireUndecided(workspace: string, id: string, key: string): Promise<void> {
    const { run } = await readRun(sql, workspace, id);
    const records = await engine.journal(run.id, 0, { bare: true });
    const step = foldJournal(records.map(({ entry }) => entry)).steps[key];
    if (step?.reason !== "outcome-unknown" || step.decision !== null)
      throw new AppError("conflict", "the step is not waiting for a decision: it may have been made meanwhile");
  }

  async function leave(workspace: string, id: string, signal: Signal): Promise<void> {
    const { run } = await readRun(sql, workspace, id);
    const outcome = await engine.signal(run.id, signal);
    if (outcome === "gone") throw new AppError("conflict", "the run has already ended");
    if (outcome === "unavailable") throw new AppError("unavailable", "the database cannot be written: try again");
  }
}
