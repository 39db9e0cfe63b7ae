import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { maxImportBytes } from "../../shared/api/imports.ts";
import type { Person, Session } from "../../shared/api/people.ts";
import type { RunStatus } from "../../shared/run/run.ts";
import { isFinal } from "../../shared/run/run.ts";
import { createApp, type Env } from "../app.ts";
import { connectionsRoute } from "../connections/connections.route.ts";
import { createLoadConnection } from "../connections/load-connection.ts";
import { oauthRoute } from "../connections/oauth.route.ts";
import { createTokenStore } from "../connections/token-store.ts";
import { createVault, type Vault } from "../connections/vault.ts";
import { connectorsRoute } from "../connectors/connectors.route.ts";
import { createImport } from "../connectors/import/import-in-process.ts";
import { importsRoute } from "../connectors/imports.route.ts";
import { createImports } from "../connectors/imports.ts";
import { logosRoute } from "../connectors/logos.route.ts";
import { versionsRoute } from "../connectors/versions.route.ts";
import { createKeyValues } from "../engine/key-values.ts";
import { createManualTimers } from "../engine/manual-timers.ts";
import { overviewRoute } from "../engine/overview.route.ts";
import { rerunRoute } from "../engine/rerun.route.ts";
import { runsRoute } from "../engine/runs.route.ts";
import { createValueSealer, openAnswers } from "../engine/secret-values.ts";
import { createTurns } from "../engine/turns.ts";
import { createWaitLinks } from "../engine/wait-links.ts";
import { createWorker } from "../engine/worker.ts";
import { eventsRoute } from "../events/events.route.ts";
import { createRefusals, type Refusals } from "../events/refusals.ts";
import { createCodePool } from "../expressions/code-pool.ts";
import { createJsonataPool } from "../expressions/jsonata-pool.ts";
import { flowTestsRoute } from "../flow-tests/flow-tests.route.ts";
import { draftsRoute } from "../flows/drafts.route.ts";
import { createFindFlow } from "../flows/find-flow.ts";
import { flowsRoute } from "../flows/flows.route.ts";
import { createLoadVersion } from "../flows/load-version.ts";
import { transferRoute } from "../flows/transfer.route.ts";
import { createIds, type Ids } from "../ids.ts";
import { createAnswerWait } from "../ingress/answer-wait.ts";
import { createCertificates } from "../ingress/certificates.ts";
import { challengesAMinute } from "../ingress/challenge/take-challenge.ts";
import { hookRoute } from "../ingress/hook.route.ts";
import { hooksRoute } from "../ingress/hooks.route.ts";
import { createIngest, createIngestAll } from "../ingress/ingest.ts";
import { createLoadHook } from "../ingress/load-hook.ts";
import { createRateLimit } from "../ingress/rate-limit.ts";
import { createRefusalRate } from "../ingress/refusal-rate.ts";
import { triggersRoute } from "../ingress/triggers.route.ts";
import { createWaitLimit, waitRoute } from "../ingress/wait.route.ts";
import { waitsRoute } from "../ingress/waits.route.ts";
import { webhooksRoute } from "../ingress/webhooks.route.ts";
import { liveRoute } from "../live/live.route.ts";
import { marketplaceRoute } from "../marketplace/marketplace.route.ts";
import { createCallDepth } from "../outbound/call-depth.ts";
import { createOutbound } from "../outbound/call-endpoint.ts";
import { createFetchFile, type FetchFile } from "../outbound/fetch-file.ts";
import { createProbeUrl } from "../outbound/probe-url.ts";
import { createGuard } from "../people/guard.ts";
import { createInvitations } from "../people/invitations.ts";
import { membersRoute } from "../people/members.route.ts";
import { createPasswords } from "../people/passwords.ts";
import { peopleRoutes } from "../people/people.route.ts";
import { sessionCookieName } from "../people/session-cookie.ts";
import { createSessions } from "../people/sessions.ts";
import { createSetup } from "../people/setup.ts";
import { createSignInLimiter } from "../people/sign-in-limiter.ts";
import { addUser } from "../people/users.ts";
import type { Pair } from "../store/pair.ts";
import { createLoadConnector } from "../subscriptions/load-connector.ts";
import { lookAfter } from "../subscriptions/look-after.ts";
import { createResolveLink } from "../trial/resolve-link.ts";
import { trialRoute } from "../trial/trial.route.ts";
import { openTestDatabase } from "./open-test-database.ts";
import type { TestClock, TestDatabase } from "./test-database.ts";
import { type NewHookFlow, publishHook, type TestHook } from "./test-hook.ts";

/** Somebody who is signed in to a workspace. */
export type TestPerson = { id: string; workspace: string; cookie: string };

/** The whole server in this process: real HTTP on a port of its own, a real database; only clock and timers are the test's. */
export type TestServer = {
  url: string;
  clock: TestClock;
  ids: Ids;
  vault: Vault;
  /** The pair of the server that runs now: another one after `restart`. */
  readonly pair: Pair;
  readonly refusals: Refusals;
  /** How many senders are kept waiting for their run's answer. */
  readonly waitingSenders: number;
  /** Faults that the server reported instead of answering. */
  faults: unknown[];
  /** Makes a workspace with somebody who is signed in, an administrator unless `role` says otherwise; or adds them to one. */
  addPerson(name?: string, options?: { role?: Person["role"]; workspace?: string }): Promise<TestPerson>;
  publish(flow: NewHookFlow): Promise<TestHook>;
  /** Settles when the run is in this status; in a final one when left out. */
  reaches(run: string, status?: RunStatus): Promise<RunStatus>;
  /** Looks after all RESThooks that are due now. */
  lookAfterSubscriptions(): Promise<void>;
  /** Moves the clock and fires the timers that fall due. */
  advance(ms: number): void;
  /** Settles when no client is connected any more. */
  quiet(): Promise<void>;
  /** Ends the server and starts another one on the same database and port. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export type TestServerOptions = {
  /** One of the test's own kind instead of the usual; the server closes it. */
  database?: TestDatabase;
  maxBodyBytes?: number;
  /** `host:port` of upstreams that connectors may call. */
  allowedHttpHosts?: string[];
  /** Base URLs of the sandboxes of connectors, by name. */
  sandboxes?: Record<string, string>;
  /** The public URL is the server's own, so that others, and its own flows, can post to hook URLs as they are told them. */
  ownUrl?: boolean;
  /** Instead of the real one, which reaches nothing that a test could serve. */
  fetchFile?: FetchFile;
};

const publicUrl = "http://patchbay.example";

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = options.database ?? (await openTestDatabase());
  const { clock, folder } = database;
  const staticDir = join(folder, "interface");
  mkdirSync(staticDir);
  writeFileSync(join(staticDir, "index.html"), "<!doctype html><title>The interface</title>");
  const ids = createIds(clock);
  const masterKey = randomBytes(32);
  const faults: unknown[] = [];
  const sockets = new Set<Socket>();
  let emptied: (() => void)[] = [];
  let pair = database.pair;
  let port = 0;
  let running = await run();

  function vaultOn({ sql }: Pair): Vault {
    return createVault({ masterKey, masterKeyId: "test", sql, clock, ids, randomBytes });
  }

  async function run() {
    let app: ReturnType<typeof createApp> | null = null;
    const server = await listen((request, bindings) => app?.fetch(request, bindings as Env["Bindings"]), port);
    // A listening TCP server has an address object.
    port = (server.address() as AddressInfo).port;
    const url = options.ownUrl ? `http://127.0.0.1:${port}` : publicUrl;
    const wired = wire({ pair, clock, ids, vault: vaultOn(pair), options: { ...options, staticDir }, publicUrl: url, faults });
    app = wired.app;
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("close", () => {
        sockets.delete(socket);
        if (sockets.size === 0) for (const done of emptied.splice(0)) done();
      });
    });
    wired.worker.start();
    return { ...wired, server };
  }

  async function stop(): Promise<void> {
    running.timers.callOff();
    const closed = new Promise((resolve) => running.server.close(resolve));
    running.server.closeAllConnections();
    await closed;
    await running.worker.stop(0);
    await running.outbound.close();
    await Promise.all([running.jsonata.close(), running.code.close()]);
    await pair.close();
  }

  return {
    url: `http://127.0.0.1:${port}`,
    clock,
    ids,
    get vault() {
      return vaultOn(pair);
    },
    get pair() {
      return pair;
    },
    get refusals() {
      return running.refusals;
    },
    get waitingSenders() {
      return running.answerTimers.size;
    },
    faults,
    async addPerson(name = "Ada", { role = "administrator", workspace: known } = {}) {
      const workspace = { id: known ?? ids.next("wsp"), name: `${name}'s workspace` };
      const person = { id: ids.next("usr"), name, email: `${name.toLowerCase()}@example.com`, role };
      const session: Session = { person, workspace };
      const { token, statements } = createSessions({ sql: pair.sql, clock }).opening(session);
      const made = {
        text: "INSERT INTO workspaces (id, name, created_at) VALUES ($1, $2, $3)",
        params: [workspace.id, name, clock()],
      };
      await pair.sql.commit([...(known === undefined ? [made] : []), ...addUser(session, "no password", clock()), ...statements]);
      return { id: person.id, workspace: workspace.id, cookie: `${sessionCookieName}=${token}` };
    },
    publish: (flow) => publishHook({ sql: pair.sql, vault: vaultOn(pair), clock, ids }, flow),
    reaches(id, status) {
      const { engine, bus } = pair;
      return new Promise((resolve) => {
        const look = async () => {
          const state = await engine.state(id);
          if (!state || !(status === undefined ? isFinal(state.status) : state.status === status)) return;
          off();
          resolve(state.status);
        };
        const off = bus.subscribeRun(id, () => void look());
        void look();
      });
    },
    lookAfterSubscriptions: () => running.lookAfterSubscriptions(),
    advance(ms) {
      clock.advance(ms);
      running.timers.fire();
    },
    quiet: () => (sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => void emptied.push(resolve))),
    async restart() {
      await stop();
      pair = await database.reopen();
      running = await run();
    },
    async close() {
      emptied = [];
      await stop();
      await database.close();
    },
  };
}

type Wiring = {
  pair: Pair;
  clock: TestClock;
  ids: Ids;
  vault: Vault;
  options: TestServerOptions & { staticDir: string };
  publicUrl: string;
  faults: unknown[];
};

/** As the composition root does it, with the test's clock and timers, and passwords that cost nothing. */
function wire({ pair, clock, ids, vault, options, publicUrl, faults }: Wiring) {
  const { sql, engine, bus, lease, governor } = pair;
  const timers = createManualTimers(clock);
  const answerTimers = new Set<() => void>();
  const tokens = createTokenStore({ sql, vault });
  const { sandboxes = {} } = options;
  const reached = [...Object.values(sandboxes), ...(options.ownUrl ? [publicUrl] : [])].map((url) => new URL(url).host);
  const allowedHttpHosts = [...(options.allowedHttpHosts ?? []), ...reached];
  const callDepth = createCallDepth({ vault, publicUrl });
  const outbound = createOutbound({ clock, allowedHttpHosts, sandboxes, tokens, lease, governor, callDepth });
  const fetchFile = options.fetchFile ?? createFetchFile(allowedHttpHosts);
  const imports = createImports({
    sql,
    clock,
    ids,
    importBytes: createImport({ allowedHttpHosts }).read,
    fetchBytes: (url) => fetchFile(url, { maxBytes: maxImportBytes, signal: AbortSignal.timeout(10_000) }),
    report: (fault) => faults.push(fault),
  });
  const loadVersion = createLoadVersion(sql);
  const loadConnection = createLoadConnection({ sql, vault });
  const resolveLink = createResolveLink({ outbound, clock, sandboxes });
  const jsonata = createJsonataPool();
  const code = createCodePool();
  const waitLinks = createWaitLinks({ vault, publicUrl });
  const sealer = createValueSealer(vault.derive("journal values"));
  const worker = createWorker({
    pair,
    engine,
    clock,
    ids,
    random: () => 0.5,
    setTimer: timers.setTimer,
    outbound,
    jsonata,
    code,
    keyValues: createKeyValues({ sql, clock }),
    turns: createTurns({ sql, engine }),
    sealer,
    findFlow: createFindFlow(sql, loadVersion),
    sandboxes,
    loadVersion,
    loadConnection,
    resolveLink,
    waitLinks,
    name: ids.next("wrk"),
    slots: 50,
    report: (_, error) => faults.push(error),
  });
  const passwords = createPasswords({ ln: 4, r: 1, p: 1 });
  const sessions = createSessions({ sql, clock });
  const setup = createSetup({ sql, clock, ids, passwords, sessions });
  const invitations = createInvitations({ sql, clock, ids, passwords, sessions });
  const guard = createGuard({ sessions, publicUrl });
  const refusals = createRefusals(bus);
  const ingest = createIngest({ engine, ids });
  const ingestAll = createIngestAll({ engine, ids });
  const loadHook = createLoadHook({ sql, vault });
  const waits = {
    waitLinks,
    answerWait: createAnswerWait({ sql, engine, loadVersion, clock }),
    waitLimit: createWaitLimit(clock),
  };
  const app = createApp({
    waits: waitRoute({ ...waits, callDepth, ids, report: (_, error) => faults.push(error) }),
    hooks: hookRoute({
      ...{
        sql,
        vault,
        loadHook,
        loadVersion,
        ingest,
        ingestAll,
        engine: openAnswers(engine, sealer),
        bus,
        refusals,
        clock,
        ids,
        fetchFile,
      },
      certificates: createCertificates({ fetchFile, clock }),
      // As busy as can be, so that what is cut off of a flood does not depend on the machine.
      refusalRate: createRefusalRate(clock, () => 1),
      challengeLimit: createRateLimit(clock, challengesAMinute),
      setTimer(ms, callback) {
        const callOff = timers.setTimer(ms, callback);
        const end = () => {
          answerTimers.delete(end);
          callOff();
        };
        answerTimers.add(end);
        return end;
      },
      publicUrl,
      callDepth,
      maxBodyBytes: options.maxBodyBytes ?? 1_048_576,
      report: (_, error) => faults.push(error),
    }),
    api: [
      peopleRoutes({ sql, sessions, passwords, limiter: createSignInLimiter(clock), setup, invitations, guard, publicUrl }),
      membersRoute({ sql, invitations, guard, publicUrl }),
      runsRoute({ sql, engine, loadVersion, guard }),
      transferRoute({ sql, clock, ids, guard }),
      waitsRoute({ ...waits, sql, engine, loadVersion, clock, guard }),
      rerunRoute({ sql, engine, loadVersion, clock, ids, guard }),
      flowTestsRoute({ sql, engine, loadVersion, clock, ids, jsonata, code, guard }),
      flowsRoute({ sql, ingest, loadVersion, clock, ids, publicUrl, guard }),
      draftsRoute({ sql, vault, ingest, loadVersion, clock, ids, publicUrl, guard }),
      connectorsRoute({ sql, clock, ids, guard, allowedHttpHosts, publicUrl, sandboxes }),
      importsRoute({ sql, clock, guard, imports, allowedHttpHosts }),
      logosRoute({ sql, clock, guard }),
      connectionsRoute({ sql, vault, clock, ids, guard, outbound, loadConnection, sandboxes, allowedHttpHosts }),
      oauthRoute({ sql, vault, clock, guard, outbound, loadConnection, sandboxes, publicUrl, allowedHttpHosts }),
      trialRoute({ sql, clock, ids, guard, outbound, jsonata, code, resolveLink, loadConnection, sandboxes }),
      versionsRoute({ sql, clock, ids, guard }),
      marketplaceRoute({ sql, clock, ids, guard }),
      eventsRoute({ sql, refusals, loadHook, ingestAll, loadVersion, clock, ids, guard }),
      hooksRoute({ sql, vault, clock, ids, loadHook, publicUrl, probeUrl: createProbeUrl(allowedHttpHosts), guard }),
      webhooksRoute({ sql, vault, clock, publicUrl, guard }),
      triggersRoute({
        ...{ sql, clock, ids, guard, ingestAll, loadVersion, outbound, loadConnection, sandboxes },
        report: (_, error) => faults.push(error),
      }),
      overviewRoute({ sql, refusals, clock, guard }),
      liveRoute({ sql, engine, bus, guard }),
    ],
    ids,
    staticDir: options.staticDir,
    ready: async () => true,
    report: (_, error) => faults.push(error),
  });
  const subscriptions = {
    ...{ sql, vault, clock, ids, outbound, loadConnection, sandboxes, publicUrl },
    loadConnector: createLoadConnector(sql),
    report: (_: string, error: unknown) => void faults.push(error),
  };
  const lookAfterSubscriptions = () => lookAfter(subscriptions, new AbortController().signal);
  return { app, worker, timers, answerTimers, outbound, jsonata, code, refusals, lookAfterSubscriptions };
}

function listen(fetch: Parameters<typeof serve>[0]["fetch"], port: number): Promise<Server> {
  return new Promise((resolve) => {
    // Without a createServer of one's own it is a plain HTTP server.
    const server = serve({ fetch, hostname: "127.0.0.1", port }, () => resolve(server)) as Server;
  });
}
