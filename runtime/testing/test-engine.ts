import { randomBytes } from "node:crypto";
import { AppError } from "../../shared/app-error.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { Endpoint } from "../../shared/connector/endpoint.ts";
import type { ParameterLink } from "../../shared/connector/parameter-link.ts";
import type { Flow, FlowEdge } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import { isFinal, type RunStatus } from "../../shared/run/run.ts";
import { foldJournal, type RunView } from "../../shared/run/run-view.ts";
import { createLoadConnection } from "../connections/load-connection.ts";
import { createTokenStore } from "../connections/token-store.ts";
import { createVault } from "../connections/vault.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createKeyValues } from "../engine/key-values.ts";
import { createManualTimers } from "../engine/manual-timers.ts";
import { createValueSealer } from "../engine/secret-values.ts";
import { createTurns } from "../engine/turns.ts";
import { createWaitLinks } from "../engine/wait-links.ts";
import { createWorker, type Worker } from "../engine/worker.ts";
import { createCodePool } from "../expressions/code-pool.ts";
import { createJsonataPool } from "../expressions/jsonata-pool.ts";
import { createFindFlow } from "../flows/find-flow.ts";
import { createLoadVersion } from "../flows/load-version.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import { createIds } from "../ids.ts";
import { createIngest } from "../ingress/ingest.ts";
import { runNow } from "../ingress/run-now.ts";
import { createOutbound, type Outbound } from "../outbound/call-endpoint.ts";
import type { EngineStore } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import type { Queue } from "../store/queue.ts";
import type { MemberEvents, Membership } from "../store/workers.ts";
import { createResolveLink } from "../trial/resolve-link.ts";
import { type FakeUpstream, startFakeUpstream } from "./fake-upstream.ts";
import { openTestDatabase } from "./open-test-database.ts";
import type { TestClock } from "./test-database.ts";
import { createTestWaits } from "./test-timers.ts";

const workspace = "wsp_test";

/** A worker on a real database and a real upstream, with a clock and timers that only move when told. */
export type TestEngine = {
  pair: Pair;
  clock: TestClock;
  upstream: FakeUpstream;
  worker: Worker;
  /** Calls that wait for their turn. */
  readonly waitingCalls: number;
  /** Faults that workers have reported. */
  reports: unknown[];
  /** Publishes a flow of these nodes and edges (`a -> b`, `a:port -> b`) and gives its id. */
  publish(nodes: FlowNode[], edges: string[]): Promise<string>;
  /** Starts a run of the flow's published version; gives its id. */
  start(flow: string, body?: Json): Promise<string>;
  /** Settles when the run is in this status, or in any final one. */
  reaches(run: string, status?: RunStatus): Promise<RunView>;
  view(run: string): Promise<RunView>;
  entries(run: string): Promise<JournalEntry[]>;
  output(run: string, node: string): Promise<Json | undefined>;
  /** Moves the clock and fires the timers that fall due. */
  advance(ms: number): void;
  /** Journal writes of the workers wait until the returned function is called. */
  holdWrites(): () => void;
  /** Another process takes the database for itself until the returned function is called: nothing can be written. */
  lockDatabase(): Promise<() => Promise<void>>;
  /** Neither connections nor signals can be read until the returned function is called: the database does not answer. */
  breakReads(): () => void;
  /** The next call finds the database away when it looks for its token. */
  breakCall(): void;
  /** The next runs are begun, and nobody learns of it. */
  loseBegin(): void;
  /** Workers wait for what they claim until the returned function is called. */
  holdClaims(): () => void;
  /** As after a crash: a new worker on the same database; what the old one does from now on is stale. */
  replaceWorker(): Promise<void>;
  close(): Promise<void>;
};

/** So long (ms, by the machine's clock) nothing happens before time goes on by itself. */
const standstillMs = 2_000;

/** `connector`: what flows call instead of the usual one, at the upstream below the path of its base URL. */
export async function startTestEngine({ connector = testConnector } = {}): Promise<TestEngine> {
  const { pair, clock, lock, close } = await openTestDatabase({ busyTimeoutMs: 10 });
  const { sql, engine, bus, lease } = pair;
  const upstream = await startFakeUpstream();
  const ids = createIds(clock);
  const vault = createVault({ masterKey: randomBytes(32), masterKeyId: "test", sql, clock, ids, randomBytes });
  const sandboxes = { zoominfo: upstream.url };
  const timers = createManualTimers(clock);
  const waits = createTestWaits(timers);
  const outbound = createOutbound({
    clock,
    allowedHttpHosts: [upstream.host],
    sandboxes,
    tokens: createTokenStore({ sql, vault }),
    lease,
    governor: pair.governor,
    wait: waits.wait,
  });
  const jsonata = createJsonataPool();
  const code = createCodePool();
  const loadVersion = createLoadVersion(sql);
  const workers: Worker[] = [];
  const reports: unknown[] = [];
  let readable = true;
  const readConnection = createLoadConnection({ sql, vault });
  const loadConnection: typeof readConnection = async (...place) => {
    if (readable) return readConnection(...place);
    throw new AppError("unavailable", "the database does not answer");
  };
  let gate: Promise<void> | null = null;
  let beginLost = false;
  const gated: EngineStore = {
    ...engine,
    write: (request) => (gate ? gate.then(() => engine.write(request)) : engine.write(request)),
    async begin(...asked) {
      const begun = await engine.begin(...asked);
      if (!beginLost) return begun;
      beginLost = false;
      return null;
    },
    async signals(run) {
      if (readable) return engine.signals(run);
      throw new AppError("unavailable", "the database does not answer");
    },
  };
  let callBroken = false;
  const breakable: Outbound = {
    ...outbound,
    async call(input) {
      if (!callBroken) return outbound.call(input);
      callBroken = false;
      throw new AppError("unavailable", "the database does not answer");
    },
  };
  let claimGate: Promise<void> | null = null;
  const queue: Queue = {
    ...pair.queue,
    async claim(max) {
      await claimGate;
      return pair.queue.claim(max);
    },
  };
  const memberships: Membership[] = [];
  async function join(name: string, events: MemberEvents): Promise<Membership> {
    const membership = await pair.workers.join(name, events);
    memberships.push(membership);
    return membership;
  }
  function addWorker(): Worker {
    const worker = createWorker({
      pair: { ...pair, engine: gated, queue, workers: { join } },
      engine: gated,
      clock,
      ids,
      random: () => 0.5,
      setTimer: timers.setTimer,
      outbound: breakable,
      jsonata,
      code,
      keyValues: createKeyValues({ sql, clock }),
      turns: createTurns({ sql, engine }),
      findFlow: createFindFlow(sql, loadVersion),
      sandboxes,
      loadVersion,
      loadConnection,
      resolveLink: createResolveLink({ outbound, clock, sandboxes }),
      sealer: createValueSealer(vault.derive("journal values")),
      waitLinks: createWaitLinks({ vault, publicUrl: "https://patchbay.example" }),
      name: ids.next("wrk"),
      slots: 50,
      report: (_run, error) => void reports.push(error),
    });
    workers.push(worker);
    worker.start();
    return worker;
  }
  let worker = addWorker();

  const view = async (run: string) => foldJournal(await entries(run));
  async function entries(run: string): Promise<JournalEntry[]> {
    return (await engine.journal(run, 0, { bare: true })).map((record) => record.entry);
  }

  function advance(ms: number): void {
    clock.advance(ms);
    timers.fire();
  }

  return {
    pair,
    clock,
    upstream,
    reports,
    get worker() {
      return worker;
    },
    get waitingCalls() {
      return waits.size;
    },
    async publish(nodes, edges) {
      await publishConnector({ sql, ids, clock }, workspace, {
        ...connector,
        baseUrl: upstream.url + new URL(connector.baseUrl).pathname,
      });
      const flow = await createFlow({ sql, ids, clock }, { workspace, name: "Test", description: "" });
      await publishFlow({ sql, ids, clock }, { workspace, flow, document: testFlow(nodes, edges) });
      return flow;
    },
    async start(flow, body = {}) {
      const [row] = await sql.read<{ version: string }>(`SELECT published_version_id AS version FROM flows WHERE id = $1`, [
        flow,
      ]);
      const version = await loadVersion(workspace, row?.version ?? "");
      return (await runNow({ ingest: createIngest({ engine, ids }), clock, ids }, { workspace, flow, version, body })).run;
    },
    reaches(run, status) {
      return new Promise((resolve) => {
        const look = async () => {
          const state = await engine.state(run);
          if (!state || !(state.status === status || isFinal(state.status))) return;
          off();
          clearInterval(standing);
          resolve(await view(run));
        };
        const off = bus.subscribeRun(run, () => void look());
        // Whoever was late to say that he would look again does so when time goes on, as it does by itself outside of tests.
        const standing = setInterval(() => advance(500), standstillMs);
        void look();
      });
    },
    view,
    entries,
    async output(run, node) {
      const records = await engine.journal(run, 0, { bare: false });
      const number = foldJournal(records.map(({ entry }) => entry)).steps[node]?.outputEntry;
      return records.find(({ entry }) => entry.number === number)?.values.output;
    },
    advance,
    holdWrites() {
      let open: () => void = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return () => {
        gate = null;
        open();
      };
    },
    lockDatabase: lock,
    breakReads() {
      readable = false;
      return () => {
        readable = true;
      };
    },
    breakCall() {
      callBroken = true;
    },
    loseBegin() {
      beginLost = true;
    },
    holdClaims() {
      const held = Promise.withResolvers<void>();
      claimGate = held.promise;
      return () => {
        claimGate = null;
        held.resolve();
      };
    },
    async replaceWorker() {
      // Its runs are the next one's, and it does not know.
      for (const membership of memberships.splice(0)) await membership.leave();
      worker = addWorker();
    },
    async close() {
      upstream.always({ status: 503 });
      timers.callOff();
      await Promise.all(workers.map((old) => old.stop(0)));
      await upstream.close();
      await outbound.close();
      await Promise.all([jsonata.close(), code.close()]);
      await close();
    },
  };
}

const endpoint = (key: string, more: Partial<Endpoint> = {}): Endpoint => ({
  key,
  name: key,
  method: "POST",
  path: `/${key}`,
  parameters: [{ key: "value", name: "Value", in: "body", type: "string", required: false }],
  ...more,
});

/** A list that the upstream gives, and one of our own. */
const choices: ParameterLink = {
  kind: "dynamic",
  endpoint: "choices",
  items: "choices",
  value: "id",
  args: { of: { from: "of" } },
  allowCustom: false,
};
const sizes: ParameterLink = { kind: "static", values: [{ value: 1, label: "Small" }], allowCustom: false };

/** Endpoints of each effect, and one with linked parameters, at the upstream. */
export const testConnector: Connector = {
  schemaVersion: 1,
  key: "upstream",
  name: "Upstream",
  description: "",
  baseUrl: "https://upstream.example",
  auth: { kind: "none" },
  endpoints: [
    endpoint("read", { effect: "read" }),
    endpoint("idempotent", { effect: "idempotent" }),
    endpoint("unsafe"),
    endpoint("keyed", { idempotencyHeader: "Idempotency-Key" }),
    endpoint("choices", { method: "GET", parameters: [{ key: "of", name: "Of", in: "query", type: "string", required: false }] }),
    endpoint("linked", {
      parameters: [
        { key: "of", name: "Of", in: "body", type: "string", required: false },
        { key: "choice", name: "Choice", in: "body", type: "integer", required: false, link: choices },
        { key: "size", name: "Size", in: "query", type: "integer", required: false, link: sizes },
      ],
    }),
  ],
  incomingWebhooks: [],
};

export function testFlow(nodes: FlowNode[], edges: string[]): Flow {
  return { schemaVersion: 1, nodes, edges: edges.map(testEdge) };
}

function testEdge(text: string): FlowEdge {
  const [from = "", target = ""] = text.split(" -> ");
  const [source = "", port = "out"] = from.split(":");
  return { id: text.replace(/[^a-z0-9-]+/g, "_"), source, port, target };
}

const at = { position: { x: 0, y: 0 } };

/** Nodes by kind, named by their id. */
export const node = {
  start: (): FlowNode => ({ ...at, id: "start", name: "Start", kind: "manual-trigger" }),
  transform: (id: string, output: Json): FlowNode => ({ ...at, id, name: id, kind: "transform", output }),
  delay: (id: string, delayMs: number | string): FlowNode => ({ ...at, id, name: id, kind: "delay", delayMs }),
  respond: (id: string, body: Json, status = 200): FlowNode => ({
    ...at,
    id,
    name: id,
    kind: "respond",
    status,
    headers: {},
    body,
  }),
  branch: (id: string, left: Json, right: Json): FlowNode => ({
    ...at,
    id,
    name: id,
    kind: "branch",
    match: "all",
    conditions: [{ left, operator: "equals", right }],
  }),
  call: (id: string, endpointKey: string, more: Partial<Extract<FlowNode, { kind: "call" }>> = {}): FlowNode => ({
    ...at,
    id,
    name: id,
    kind: "call",
    connector: "upstream",
    endpoint: endpointKey,
    connection: null,
    inputs: { value: "v" },
    retry: { maxAttempts: 3, backoffMs: 1_000, factor: 2, maxBackoffMs: 60_000, jitter: 0 },
    ...more,
  }),
};
