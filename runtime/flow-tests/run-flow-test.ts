import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { AppError } from "../../shared/app-error.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowTest, FlowTestResult, Verdict } from "../../shared/flow/flow-test.ts";
import { buildGraph } from "../../shared/flow/graph.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import { isFinal } from "../../shared/run/run.ts";
import { foldJournal, type RunView } from "../../shared/run/run-view.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import { createKeyValues } from "../engine/key-values.ts";
import { createValueSealer } from "../engine/secret-values.ts";
import { createTurns } from "../engine/turns.ts";
import { createWorker, type Worker } from "../engine/worker.ts";
import type { CodePool } from "../expressions/code-pool.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import { createIds } from "../ids.ts";
import type { Pair } from "../store/pair.ts";
import { openSqlite } from "../store/sqlite/open-sqlite.ts";
import { judgeRun } from "./judge-run.ts";
import { type CallPlayer, playCalls } from "./play-calls.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

/** A test whose flow has been read. */
export type ReadyTest = Omit<FlowTest, "flow"> & { flow: Flow };
type Deps = { jsonata: Pick<JsonataPool, "evaluate">; code: Pick<CodePool, "run"> };

const workspace = "wsp_test";
const run = "run_test";
/** A step of a test may take so much real time (ms): code, and expressions. */
const patienceMs = 90_000;

/**
 * Runs a flow test on the engine itself, on a database of its own that is gone afterwards. Requests are answered from the test, flows that it
 * starts end as the test says, and time jumps to what is due next. Nothing leaves the process.
 */
export async function runFlowTest(deps: Deps, test: ReadyTest): Promise<FlowTestResult> {
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  const time = createVirtualTime(test.startAt);
  const pair = openSqlite({ file: join(folder, "test.db"), clock: time.clock, ids: createIds(time.clock) });
  const calls = playCalls(test.calls, time.clock);
  const faults: unknown[] = [];
  const worker = startWorker(deps, { test, pair, time, calls, faults });
  try {
    await start(pair, test);
    const stuck = await carryOn({ pair, worker, time, test });
    const records = await pair.engine.journal(run, 0, { bare: false });
    const view = foldJournal(records.map(({ entry }) => entry));
    const verdicts = [
      ...calls.unknown.map((request) => failure(`every request has an answer`, `there is none for ${request}`)),
      ...(stuck === null ? [] : [failure("the run comes to its end", stuck)]),
      ...faults.map((fault) => failure("the engine meets no fault", String(fault))),
      ...judgeRun(test.expect, { view, records, calls: calls.sent }),
    ];
    const passed = verdicts.every((verdict) => verdict.passed);
    return { name: test.name, passed, verdicts, durationMs: Math.round(performance.now() - startedAt), error: view.error };
  } finally {
    await worker.stop(0);
    await pair.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function failure(name: string, message: string): Verdict {
  return { expectation: null, name, passed: false, message };
}

type Stage = { test: ReadyTest; pair: Pair; time: VirtualTime; calls: CallPlayer; faults: unknown[] };

function startWorker({ jsonata, code }: Deps, { test, pair, time, calls, faults }: Stage): Worker {
  const { clock, setTimer } = time;
  const { engine, sql } = pair;
  const ids = createIds(clock);
  const worker = createWorker({
    pair,
    engine,
    clock,
    ids,
    random: () => 0.5,
    setTimer,
    outbound: calls.outbound,
    jsonata,
    code,
    keyValues: createKeyValues({ sql, clock }),
    turns: createTurns({ sql, engine }),
    sealer: createValueSealer(randomBytes(32)),
    waitLinks: { url: ({ step }) => `https://patchbay.example/w/${step}` },
    sandboxes: {},
    loadVersion: async (_, id) => versionOf(test, id),
    loadConnection: async (_, id) => connectionOf(test, id),
    findFlow: async (_, flow) =>
      Object.hasOwn(test.flows, flow)
        ? { found: true, flow, version: flow, trigger: "start" }
        : { found: false, message: `the test does not say what the flow "${flow}" comes to` },
    resolveLink: async () => {
      throw new AppError("internal", "a test's connectors have no links");
    },
    name: ids.next("wrk"),
    slots: 10,
    report: (_, fault) => void faults.push(fault),
  });
  worker.start();
  return worker;
}

const tested = "tested";

function versionOf(test: ReadyTest, id: string): RunnableVersion {
  const flow = id === tested ? test.flow : stubOf(test, id);
  const connectors = new Map(test.connectors.map((connector) => [connector.key, withoutLinks(connector)]));
  return { id, number: 1, createdAt: test.startAt, flow, graph: buildGraph(flow), connectors };
}

/** What a list allows is the API's to say, and a test asks none. */
function withoutLinks(connector: Connector): Connector {
  const endpoints = connector.endpoints.map((endpoint) => ({
    ...endpoint,
    parameters: endpoint.parameters.map(({ link: _, ...parameter }) => parameter),
  }));
  return { ...connector, endpoints };
}

/** A flow that comes to what the test says of one that is started. */
function stubOf(test: ReadyTest, id: string): Flow {
  const { status, answer } = test.flows[id] ?? { status: "failed", answer: null };
  const at = { position: { x: 0, y: 0 } };
  const nodes = [
    { ...at, id: "start", name: "Start", kind: "manual-trigger" },
    { ...at, id: "answer", name: "Answer", kind: "respond", body: answer },
    ...(status === "failed" ? [{ ...at, id: "stop", name: "Stop", kind: "stop", message: "as the test says" }] : []),
  ].map((node) => FlowNode.parse(node));
  const edges = nodes
    .slice(1)
    .map(({ id: target }, index) => ({ id: target, source: nodes[index]?.id ?? "", port: "out", target }));
  return { schemaVersion: 1, nodes, edges };
}

function connectionOf(test: ReadyTest, id: string): LoadedConnection | null {
  const known = Object.hasOwn(test.connections, id) ? test.connections[id] : undefined;
  if (!known) return null;
  const { connector, baseUrl, variables } = known;
  const nothing = { account: null, origin: null, credentials: {}, since: 0, client: null };
  return { ...nothing, id, workspace, connector, target: "live", variables, baseUrl };
}

async function start(pair: Pair, { trigger, startAt: at }: ReadyTest): Promise<void> {
  const { node, output } = trigger;
  const outcome = await pair.engine.start({
    id: run,
    workspace,
    flow: "flw_test",
    flowVersion: tested,
    event: "",
    source: "manual",
    trigger: node,
    createdAt: at,
    records: [
      { entry: { number: 1, at, kind: "run-started", trigger: node }, values: {} },
      {
        entry: { number: 2, at, values: ["output"], kind: "step-succeeded", node, startedAt: at, ports: ["out"] },
        values: { output },
      },
    ],
    parent: null,
    depth: 0,
    rerunOf: null,
  });
  if (outcome.outcome !== "started") throw new AppError("internal", `the run could not be started: ${outcome.reason}`);
}

type Going = { pair: Pair; worker: Worker; time: VirtualTime; test: ReadyTest };

/** Carries the run on to its end; gives why it came to a standstill. */
async function carryOn({ pair, worker, time, test }: Going): Promise<string | null> {
  const waits = [...test.waits];
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    await nextTurn();
    if (performance.now() > giveUpAt) return "it takes too long";
    if (worker.active > 0) continue;
    const state = await pair.engine.state(run);
    if (state && isFinal(state.status)) return null;
    const due = await pair.queue.nextDue();
    if (due !== null && due <= time.clock()) continue;
    const entries = await pair.engine.journal(run, 0, { bare: true });
    const view = foldJournal(entries.map(({ entry }) => entry));
    if (await answerWait(pair, view, waits)) continue;
    if (due === null) return `${[...view.open].join(", ")}: the test does not say what it waits for`;
    time.jumpTo(due);
  }
}

/** Tells one waiting step what the test says; true when there was one. */
async function answerWait(pair: Pair, view: RunView, waits: FlowTest["waits"]): Promise<boolean> {
  for (const key of view.open) {
    const step = view.steps[key];
    const at = waits.findIndex((wait) => wait.step === key);
    if (step?.status !== "waiting" || step.received !== null || at < 0) continue;
    const [answer] = waits.splice(at, 1);
    if (!answer) continue;
    await pair.engine.signal(
      run,
      "resume" in answer
        ? { kind: "resume", step: key, by: answer.by, body: answer.resume }
        : { kind: "decide", step: key, by: answer.by, decision: answer.decision, form: answer.form, comment: "" },
    );
    return true;
  }
  return false;
}
