import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { AppError } from "../../shared/app-error.ts";
import type { FlowTest } from "../../shared/flow/flow-test.ts";
import { isFinal } from "../../shared/run/run.ts";
import { foldJournal, type RunView } from "../../shared/run/run-view.ts";
import { createKeyValues, type KeyValues } from "../engine/key-values.ts";
import { createRunSecrets } from "../engine/run-secrets.ts";
import { createValueSealer, type ValueSealer } from "../engine/secret-values.ts";
import { createTurns } from "../engine/turns.ts";
import { createWorker, type Worker } from "../engine/worker.ts";
import type { CodePool } from "../expressions/code-pool.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import { createIds } from "../ids.ts";
import type { JournalRecord } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import { openSqlite } from "../store/sqlite/open-sqlite.ts";
import { type CallPlayer, playCalls, type UnknownCall } from "./play-calls.ts";
import { createTestWorld, flow, type ReadyTest, storeEarlier, tested, workspace } from "./test-world.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

/** `patienceMs`: how much real time it may take; 90 s unless said otherwise. */
export type PlayDeps = { jsonata: Pick<JsonataPool, "evaluate">; code: Pick<CodePool, "run">; patienceMs?: number };

/** A run that has ended, or has come to a standstill for which `stuck` tells the reason. */
export type Played = {
  view: RunView;
  records: JournalRecord[];
  /** How many requests it made, and those for which there was no answer. */
  calls: number;
  unknown: UnknownCall[];
  stuck: string | null;
  faults: unknown[];
};

const run = "run_test";
/** A step of a test may take so much real time (ms): code, and expressions. */
const usualPatienceMs = 90_000;

/**
 * Runs the flow of a test on the engine itself, on a database of its own that is gone afterwards. Requests are answered from the test, flows
 * that it starts end as the test says, and time jumps to what is due next. Nothing leaves the process.
 */
export async function playFlow(deps: PlayDeps, test: ReadyTest): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  const time = createVirtualTime(test.startAt);
  const file = join(folder, "test.db");
  const pair = openSqlite({ file, clock: time.clock, ids: createIds(time.clock), synchronous: "NORMAL" });
  const calls = playCalls(test.calls, time.clock);
  const faults: unknown[] = [];
  const stage = { test, pair, time, calls, faults };
  const keyValues = createKeyValues({ sql: pair.sql, clock: time.clock });
  const sealer = createValueSealer(randomBytes(32));
  const worker = startWorker(deps, { ...stage, keyValues, sealer });
  try {
    await storeEarlier(keyValues, test);
    await start(pair, test, sealer);
    const stuck = await carryOn({ ...stage, worker, giveUpAt: performance.now() + (deps.patienceMs ?? usualPatienceMs) });
    const records = await pair.engine.journal(run, 0, { bare: false });
    const view = foldJournal(records.map(({ entry }) => entry));
    return { view, records, calls: calls.sent, unknown: calls.unknown, stuck, faults };
  } finally {
    // Whatever goes wrong before, nothing is left of it.
    await worker
      .stop(0)
      .finally(() => pair.close())
      .finally(() => rmSync(folder, { recursive: true, force: true }));
  }
}

type Stage = { test: ReadyTest; pair: Pair; time: VirtualTime; calls: CallPlayer; faults: unknown[] };

function startWorker(
  { jsonata, code }: PlayDeps,
  { test, pair, time, calls, faults, keyValues, sealer }: Stage & { keyValues: KeyValues; sealer: ValueSealer },
): Worker {
  const { clock, setTimer } = time;
  const world = createTestWorld(test, pair.engine);
  const { engine } = world;
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
    keyValues,
    turns: createTurns({ sql: pair.sql, engine }),
    sealer,
    waitLinks: { url: ({ step }) => `https://patchbay.example/w/${step}` },
    sandboxes: {},
    loadVersion: async (_, id) => world.loadVersion(id),
    loadConnection: async (_, id) => world.loadConnection(id),
    findFlow: world.findFlow,
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

async function start(pair: Pair, { trigger, startAt: at, flow: document }: ReadyTest, sealer: ValueSealer): Promise<void> {
  const { node, output } = trigger;
  const secrets = createRunSecrets(sealer, workspace);
  secrets.mark(output, document.nodes.find(({ id }) => id === node)?.secretPaths ?? []);
  const outcome = await pair.engine.start({
    id: run,
    workspace,
    flow,
    flowVersion: tested,
    event: "",
    source: "manual",
    trigger: node,
    createdAt: at,
    records: [
      { entry: { number: 1, at, kind: "run-started", trigger: node }, values: {} },
      {
        entry: { number: 2, at, values: ["output"], kind: "step-succeeded", node, startedAt: at, ports: ["out"] },
        values: secrets.hide({ output }),
      },
    ],
    parent: null,
    depth: 0,
    rerunOf: null,
  });
  if (outcome.outcome !== "started") throw new AppError("internal", `the run could not be started: ${outcome.reason}`);
}

type Going = Stage & { worker: Worker; giveUpAt: number };

/** Carries the run on to its end; gives why it came to a standstill. */
async function carryOn({ pair, worker, time, test, giveUpAt }: Going): Promise<string | null> {
  const waits = [...test.waits];
  for (;;) {
    await nextTurn();
    if (performance.now() > giveUpAt) return "it takes too long";
    if (worker.active > 0) continue;
    const state = await pair.engine.state(run);
    if (state && isFinal(state.status)) return null;
    const due = await pair.queue.nextDue();
    if (due !== null && due <= time.clock()) continue;
    // Folded only where it is looked at: each of a thousand delays would cost as much as all entries so far.
    if ((waits.length > 0 || due === null) && (await answerWait(pair, await viewOf(pair), waits))) continue;
    if (due === null) return `${[...(await viewOf(pair)).open].join(", ")}: the test does not say what it waits for`;
    time.jumpTo(due);
  }
}

async function viewOf({ engine }: Pair): Promise<RunView> {
  const entries = await engine.journal(run, 0, { bare: true });
  return foldJournal(entries.map(({ entry }) => entry));
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
