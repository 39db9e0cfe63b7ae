import { setImmediate as nextTurn } from "node:timers/promises";
import type { Flow } from "../../shared/flow/flow.ts";
import type { Json } from "../../shared/json.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import { isFinal } from "../../shared/run/run.ts";
import { foldJournal, type RunView } from "../../shared/run/run-view.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createKeyValues, type KeyValues } from "../engine/key-values.ts";
import { createWorker, type Worker } from "../engine/worker.ts";
import type { CodePool } from "../expressions/code-pool.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import { createFindFlow } from "../flows/find-flow.ts";
import { createLoadVersion } from "../flows/load-version.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import { createIds, type Ids } from "../ids.ts";
import { createIngest } from "../ingress/ingest.ts";
import { runNow } from "../ingress/run-now.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { EngineStore, JournalRecord } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import { type CallOracle, crashConnector, createCallOracle } from "./call-oracle.ts";
import { openTestDatabase } from "./open-test-database.ts";
import { createTestTimers } from "./test-timers.ts";

const workspace = "wsp_test";

/** Where the process ends: before something takes place, or after it did and before anybody learns of it. */
export type Side = "before" | "after";
/** Asked at each point, which are counted from 1: every commit of the engine, and every call. */
export type CrashPlan = (point: number) => Side | null;
export const neverCrash: CrashPlan = () => null;

export type CrashRuntime = {
  pair(): Pair;
  oracle: CallOracle;
  /** How many points were passed, and how often it crashed. */
  readonly points: number;
  readonly crashes: number;
  /** Publishes a flow; the same document is published once. */
  publish(document: Flow, name?: string): Promise<string>;
  start(flow: string, body: Json): Promise<string>;
  /** Carries all runs on to their end, over every crash of the plan. Gives the runs that came to a standstill. */
  settle(plan: CrashPlan): Promise<string[]>;
  records(run: string): Promise<JournalRecord[]>;
  close(): Promise<void>;
};

type Shared = { jsonata: Pick<JsonataPool, "evaluate">; code: Pick<CodePool, "run"> };

/** How long nothing at all may happen before what is left counts as stuck: a process for code takes its time to start. */
const patienceMs = 15_000;

/**
 * The engine on a real database file, whose process can end at any point: everything that it was about to do then never happens, the file is
 * opened again, and a new worker takes up what was left. The clock jumps to what is due next.
 */
export async function startCrashRuntime({ jsonata, code }: Shared): Promise<CrashRuntime> {
  const database = await openTestDatabase();
  const { clock } = database;
  const ids = createIds(clock);
  const oracle = createCallOracle(clock);
  let points = 0;
  let crashes = 0;
  let life = begin(neverCrash);
  life.end();

  function begin(plan: CrashPlan) {
    const atPoint = () => {
      points += 1;
      return plan(points);
    };
    return startLife({ pair: database.pair, clock, ids, oracle, jsonata, code, atPoint });
  }

  await publishConnector({ sql: database.pair.sql, ids, clock }, workspace, crashConnector);

  async function reopen(plan: CrashPlan): Promise<void> {
    life.end();
    await database.pair.close();
    await database.reopen();
    life = begin(plan);
  }

  async function open(): Promise<{ run: string; view: RunView }[]> {
    const rows = await database.pair.sql.read<{ id: string }>(`SELECT id FROM runs WHERE finished_at IS NULL`);
    return Promise.all(
      rows.map(async ({ id }) => ({
        run: id,
        view: foldJournal((await database.pair.engine.journal(id, 0, { bare: true })).map(({ entry }) => entry)),
      })),
    );
  }

  /** Between two of them nobody carries runs on. */
  async function settle(plan: CrashPlan): Promise<string[]> {
    await reopen(plan);
    const stuck = await carryOn(plan);
    life.end();
    return stuck;
  }

  async function carryOn(plan: CrashPlan): Promise<string[]> {
    let moved = { points, at: performance.now() };
    for (;;) {
      await nextTurn();
      if (points !== moved.points) moved = { points, at: performance.now() };
      if (performance.now() - moved.at > patienceMs) return (await open()).map(({ run }) => run);
      if (life.crashed()) {
        crashes += 1;
        await reopen(plan);
        continue;
      }
      const due = await database.pair.queue.nextDue();
      if (life.worker.active > 0 || (due !== null && due <= clock())) continue;
      if (due !== null) {
        clock.advance(due - clock());
        life.fire();
        continue;
      }
      const left = await open();
      if (left.length === 0) return [];
      await answerPeople(database.pair, oracle, left);
    }
  }

  return {
    pair: () => database.pair,
    oracle,
    get points() {
      return points;
    },
    get crashes() {
      return crashes;
    },
    async publish(document, name = "Program") {
      const deps = { sql: database.pair.sql, ids, clock };
      const flow = await createFlow(deps, { workspace, name, description: "" });
      await publishFlow(deps, { workspace, flow, document });
      return flow;
    },
    async start(flow, body) {
      const { sql, engine } = database.pair;
      const [row] = await sql.read<{ version: string }>(`SELECT published_version_id AS version FROM flows WHERE id = $1`, [
        flow,
      ]);
      const version = await createLoadVersion(sql)(workspace, row?.version ?? "");
      const ingest = createIngest({ engine, ids });
      const { run } = await runNow({ ingest, clock, ids }, { workspace, flow, version, body });
      return run;
    },
    settle,
    records: (run) => database.pair.engine.journal(run, 0, { bare: false }),
    async close() {
      life.end();
      await database.close();
    },
  };
}

type Life = { worker: Worker; crashed(): boolean; fire(): void; end(): void };
type LifeDeps = Shared & {
  pair: Pair;
  clock: () => number;
  ids: Ids;
  oracle: CallOracle;
  atPoint(): Side | null;
};

/** One process: from its start to its crash. */
function startLife({ pair, clock, ids, oracle, jsonata, code, atPoint }: LifeDeps): Life {
  let over = false;
  const timers = createTestTimers(clock as Parameters<typeof createTestTimers>[0]);
  const never = new Promise<never>(() => {});

  /** Passes a point: what is done at it, unless the process ends there. */
  async function pass<T>(work: () => Promise<T>): Promise<T> {
    if (over) return never;
    const side = atPoint();
    if (side === "before") {
      over = true;
      return never;
    }
    const result = await work();
    if (side === "after") over = true;
    return over ? never : result;
  }

  const engine: EngineStore = {
    ...pair.engine,
    begin: (...args) => pass(() => pair.engine.begin(...args)),
    write: (request) =>
      pass(async () => {
        const outcome = await pair.engine.write(request);
        if (outcome.outcome === "written") oracle.journaled(request.records);
        return outcome;
      }),
    signals: (run) => (over ? never : pair.engine.signals(run)),
    recover: (...args) => (over ? never : pair.engine.recover(...args)),
  };
  const stored = createKeyValues({ sql: pair.sql, clock });
  const keyValues: KeyValues = {
    ...stored,
    change: (...args) => pass(() => stored.change(...args)),
    first: (...args) => pass(() => stored.first(...args)),
  };
  const outbound = { ...oracle.outbound, call: (input) => pass(() => oracle.outbound.call(input)) } satisfies Outbound;
  const loadVersion = createLoadVersion(pair.sql);
  const worker = createWorker({
    pair: { ...pair, engine },
    engine,
    clock,
    ids,
    random: () => 0.5,
    setTimer: timers.setTimer,
    outbound,
    jsonata,
    code,
    keyValues,
    findFlow: createFindFlow(pair.sql, loadVersion),
    sandboxes: {},
    loadVersion,
    loadConnection: async () => null,
    resolveLink: () => never,
    name: ids.next("wrk"),
    slots: 8,
    report: (_run, error) => {
      if (!over) oracle.faults.push(error);
    },
  });
  worker.start();
  return {
    worker,
    crashed: () => over,
    fire: timers.fire,
    end() {
      over = true;
      timers.callOff();
    },
  };
}

/** Does what people and other systems do while runs wait for them. Gives how many it answered. */
async function answerPeople(pair: Pair, oracle: CallOracle, left: { run: string; view: RunView }[]): Promise<number> {
  let answered = 0;
  for (const { run, view } of left) {
    for (const key of view.open) {
      const step = view.steps[key];
      if (step?.status !== "waiting" || step.received !== null || step.decision !== null) continue;
      if (step.reason === "event") await pair.engine.signal(run, { kind: "resume", step: key, by: "url", body: { for: key } });
      else if (step.reason === "approval")
        await pair.engine.signal(run, { kind: "decide", step: key, decision: "approved", by: "usr_1", form: { for: key } });
      else if (step.reason === "outcome-unknown") {
        const request = step.attempts.at(-1)?.requestEntry ?? 0;
        const record = await pair.engine.entry(run, request);
        const sent = record?.values.request ?? null;
        const decision = oracle.performed(sent) ? "done" : "send-again";
        const output = oracle.answerOf(sent);
        await pair.engine.signal(run, { kind: "decide-outcome", step: key, decision, by: "usr_1", output });
      } else continue;
      answered += 1;
    }
  }
  return answered;
}

/** What a run came to, without what differs from one time to the next: times, ids, attempts. */
export function outcomeOf(records: JournalRecord[]): Json {
  const view = foldJournal(records.map(({ entry }) => entry));
  const values = new Map(records.map(({ entry, values }) => [entry.number, values]));
  const steps = Object.entries(view.steps)
    .filter(([key]) => key !== view.trigger)
    .map(([key, step]) => {
      const timed = records.some(
        ({ entry }) => entry.kind === "step-waiting" && entry.node === step.node && entry.reason === "delay",
      );
      const read = (entry: number | null, name: "input" | "output"): Json =>
        entry === null ? null : (values.get(entry)?.[name] ?? null);
      return [
        key,
        {
          status: step.status,
          ports: step.ports,
          error: step.error && { code: step.error.code, node: step.error.node ?? null },
          input: read(step.inputEntry, "input"),
          output: timed || step.decision !== null ? null : read(step.outputEntry, "output"),
        },
      ] as const;
    })
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  const error = view.error && { code: view.error.code, node: view.error.node ?? null };
  const text = JSON.stringify({ status: view.status, error, answered: view.answer !== null, steps });
  // The clock of a test begins in 2027.
  const times = /\b\d{4}-\d\d-\d\dT[\d:.]+Z|(?<=:)18\d{11}\b/g;
  return JSON.parse(text.replaceAll(/run_[0-9a-f]{32}/g, "run").replaceAll(times, (time) => (time.includes("T") ? "time" : "0")));
}

/** What is wrong with a run's journal, whatever the run was: numbered without a gap, each step settled once and not touched afterwards. */
export function journalFaults(entries: JournalEntry[]): string[] {
  const faults: string[] = [];
  if (entries.some(({ number }, index) => number !== index + 1)) faults.push("the numbers have a gap");
  if (entries.filter(({ kind }) => kind === "run-started").length !== 1) faults.push("it did not begin once");
  if (entries.at(-1)?.kind !== "run-finished") faults.push("something was written after the end");
  const settled = new Set<string>();
  for (const entry of entries) {
    if (!("node" in entry) || entry.kind === "run-stopping" || entry.kind === "run-answered") continue;
    const path = entry.iteration ?? [];
    if (entry.kind === "iteration-finished" || entry.kind === "iterations-finished") continue;
    const key = `${entry.node}[${path.join(",")}]`;
    if (settled.has(key)) faults.push(`${entry.kind} of ${key} after it had settled`);
    if (/^step-(succeeded|failed|skipped|canceled)$/.test(entry.kind)) settled.add(key);
  }
  const view = foldJournal(entries);
  if (!isFinal(view.status)) faults.push(`it is ${view.status}`);
  if (view.open.size > 0) faults.push(`${[...view.open].join(", ")} did not settle`);
  return faults;
}
