import { Hono } from "hono";
import * as api from "../../shared/api/flow-tests.ts";
import { AppError } from "../../shared/app-error.ts";
import type { FlowTest, FlowTestResult } from "../../shared/flow/flow-test.ts";
import { buildGraph } from "../../shared/flow/graph.ts";
import { readRun } from "../engine/run-rows.ts";
import { readDraft, requireRevision } from "../flows/draft-rows.ts";
import { freezeFlow, requireNoProblems } from "../flows/freeze-flow.ts";
import type { LoadVersion, RunnableVersion } from "../flows/load-version.ts";
import type { Clock, Ids } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { EngineStore } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";
import { deleteKeptTest, keepTest, listKeptTests, noteResults, readKeptTest } from "./kept-tests.ts";
import type { PlayDeps } from "./play-flow.ts";
import { recordFlowTest } from "./record-flow-test.ts";
import { replayRuns } from "./replay-runs.ts";
import { runFlowTest } from "./run-flow-test.ts";
import { tooLarge } from "./run-size.ts";
import type { ReadyTest } from "./test-world.ts";
import { withDraft } from "./with-draft.ts";

type Deps = PlayDeps & { sql: Sql; engine: EngineStore; loadVersion: LoadVersion; clock: Clock; ids: Ids; guard: Guard };
type Place = { workspace: string; flow: string };

/** Runs as tests, tests that are kept with a flow and run on its draft, and the last runs gone over again with the draft. */
export function flowTestsRoute(deps: Deps): Hono {
  const { sql, guard } = deps;
  const app = new Hono();
  const oneAtATime = createTurnstile();
  mount(app, { route: api.getRunTest, guard }, ({ params, session }) =>
    testOfRun(deps, { workspace: session.workspace.id, run: params.run }),
  );
  mount(app, { route: api.listFlowTests, guard }, async ({ params, session }) => ({
    tests: await listKeptTests(sql, placeOf(session, params)),
  }));
  mount(app, { route: api.keepFlowTest, guard }, async ({ params, body, session }) => {
    const place = placeOf(session, params);
    const { run = "", name = "" } = body;
    const test = body.test ?? { ...(await testOfRun(deps, { ...place, run })), name };
    return { test: await keepTest(deps, place, test) };
  });
  mount(app, { route: api.getFlowTest, guard }, ({ params, session }) =>
    readKeptTest(sql, placeOf(session, params), params.test),
  );
  mount(app, { route: api.deleteFlowTest, guard }, async ({ params, session }) => {
    await deleteKeptTest(sql, placeOf(session, params), params.test);
    return {};
  });
  mount(app, { route: api.runFlowTests, guard }, async ({ params, body, session }) => {
    const place = placeOf(session, params);
    const draft = await draftOf(deps, place, body.revision);
    const kept = await listKeptTests(sql, place);
    const tests = body.tests ?? kept.map(({ id }) => id);
    const results = await oneAtATime(() => runTests(deps, { ...place, draft, tests }));
    await noteResults(
      deps,
      body.revision,
      results.flatMap(({ test, result, ran }) => (ran ? { test, passed: result.passed } : [])),
    );
    return { results: results.map(({ test, result }) => ({ test, result })) };
  });
  mount(app, { route: api.previewReplay, guard }, async ({ params, body, session }) => {
    const place = placeOf(session, params);
    const draft = await draftOf(deps, place, body.revision);
    return { runs: await oneAtATime(() => replayRuns(deps, { ...place, draft, last: body.last })) };
  });
  return app;
}

function placeOf(session: { workspace: { id: string } }, { flow }: { flow: string }): Place {
  return { workspace: session.workspace.id, flow };
}

/** A test as a run went. `flow`: only of that one. */
async function testOfRun(
  deps: Deps,
  { workspace, flow, run: id }: { workspace: string; flow?: string; run: string },
): Promise<FlowTest> {
  const { run, versionId } = await readRun(deps.sql, workspace, id);
  if (flow !== undefined && run.flow.id !== flow) throw new AppError("not_found", `there is no run ${id} of the flow`);
  if (run.finishedAt === null) throw new AppError("conflict", "the run has not ended yet: a test is made of what it came to");
  if (run.rerunOf !== null)
    throw new AppError("conflict", "the run took over steps of an earlier one: make the test of a run that began at its trigger");
  const problem = await tooLarge(deps.sql, run.id);
  if (problem !== null) throw new AppError("conflict", `no test can be made of the run: ${problem}`);
  const [version, records] = await Promise.all([
    deps.loadVersion(workspace, versionId),
    deps.engine.journal(run.id, 0, { bare: false }),
  ]);
  return recordFlowTest({ name: `${run.flow.name}, ${new Date(run.createdAt).toISOString().slice(0, 10)}`, version, records });
}

/** The draft as it would run if it were published now; nothing is written. Throws `conflict` and `invalid_document`. */
async function draftOf(deps: Deps, { workspace, flow }: Place, revision: number): Promise<RunnableVersion> {
  const draft = await readDraft(deps.sql, workspace, flow);
  requireRevision(draft, revision);
  const {
    document,
    connectors,
    problems,
    version: id,
  } = await freezeFlow(deps, {
    ...{ workspace, flow, number: null },
    document: draft.document,
  });
  requireNoProblems(problems);
  return {
    id,
    number: null,
    createdAt: deps.clock(),
    flow: document,
    graph: buildGraph(document),
    connectors: connectors.documents,
  };
}

type ToRun = Place & { draft: RunnableVersion; tests: string[] };

/** So much real time (ms) is given to all tests of a request; those left over then are said not to have been run. */
const longestMs = 60_000;

type RanTest = { test: string; result: FlowTestResult; ran: boolean };

async function runTests(deps: Deps, { draft, tests, ...place }: ToRun): Promise<RanTest[]> {
  const results: RanTest[] = [];
  const giveUpAt = performance.now() + longestMs;
  for (const id of tests) {
    // Only whole tests are kept.
    const test = (await readKeptTest(deps.sql, place, id)) as ReadyTest;
    const patienceMs = giveUpAt - performance.now();
    const ran = patienceMs > 0;
    const result = ran ? await runFlowTest({ ...deps, patienceMs }, withDraft(test, draft)) : notRun(test);
    results.push({ test: id, result, ran });
  }
  return results;
}

function notRun({ name }: ReadyTest): FlowTestResult {
  const message = "it was not run: the others have taken all the time there is";
  const verdict = { expectation: null, name: "the run comes to its end", passed: false, message, changes: null };
  return { name, passed: false, verdicts: [verdict], durationMs: 0, error: null };
}

/** One after another would let whoever comes last wait for minutes: it is told so instead. Throws `rate_limited`. */
function createTurnstile(): <T>(work: () => Promise<T>) => Promise<T> {
  let busy = false;
  return async (work) => {
    if (busy) throw new AppError("rate_limited", "tests are run at this moment: try again when they have ended");
    busy = true;
    try {
      return await work();
    } finally {
      busy = false;
    }
  };
}
