import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { AppError } from "../shared/app-error.ts";
import { createApp } from "./app.ts";
import { installCatalog } from "./catalog/install-catalog.ts";
import type { Config } from "./config.ts";
import { connectionsRoute } from "./connections/connections.route.ts";
import { rememberOrigins } from "./connections/credentials-origin.ts";
import { loadMasterKey } from "./connections/key-file.ts";
import { createLoadConnection } from "./connections/load-connection.ts";
import { createTokenStore } from "./connections/token-store.ts";
import { createVault, type Vault } from "./connections/vault.ts";
import { connectorsRoute } from "./connectors/connectors.route.ts";
import { createImport } from "./connectors/import/import-in-process.ts";
import { overviewRoute } from "./engine/overview.route.ts";
import { runsRoute } from "./engine/runs.route.ts";
import { setRealTimer } from "./engine/timer.ts";
import { createWorker } from "./engine/worker.ts";
import { eventsRoute } from "./events/events.route.ts";
import { createRefusals } from "./events/refusals.ts";
import { createJsonataPool } from "./expressions/jsonata-pool.ts";
import { draftsRoute } from "./flows/drafts.route.ts";
import { flowsRoute } from "./flows/flows.route.ts";
import { createLoadVersion } from "./flows/load-version.ts";
import { type Clock, createIds, type Ids } from "./ids.ts";
import { hookRoute } from "./ingress/hook.route.ts";
import { createIngest } from "./ingress/ingest.ts";
import { createLoadHook } from "./ingress/load-hook.ts";
import { purgeDedupeKeys } from "./ingress/purge-dedupe.ts";
import { followRequests } from "./ingress/requests.ts";
import { createAnswerTimers } from "./ingress/wait-for-answer.ts";
import { liveRoute } from "./live/live.route.ts";
import type { Log } from "./log.ts";
import { createOutbound } from "./outbound/call-endpoint.ts";
import { createGuard } from "./people/guard.ts";
import { createInvitations } from "./people/invitations.ts";
import { membersRoute } from "./people/members.route.ts";
import { createPasswords } from "./people/passwords.ts";
import { peopleRoutes } from "./people/people.route.ts";
import { createSessions } from "./people/sessions.ts";
import { createSetup } from "./people/setup.ts";
import { createSignInLimiter } from "./people/sign-in-limiter.ts";
import type { Pair } from "./store/pair.ts";
import type { Sql } from "./store/sql.ts";
import { lockDataFolder } from "./store/sqlite/open-database.ts";
import { openSqlite } from "./store/sqlite/open-sqlite.ts";
import { createResolveLink } from "./trial/resolve-link.ts";
import { trialRoute } from "./trial/trial.route.ts";

/** What the server and the operator's commands share: the database and the vault on it. */
export type Foundation = { config: Config; pair: Pair; sql: Sql; vault: Vault; clock: Clock; ids: Ids };

export async function openFoundation(config: Config, env: NodeJS.ProcessEnv): Promise<Foundation> {
  const clock = Date.now;
  const ids = createIds(clock);
  const pair = openSqlite({
    file: config.databaseFile,
    clock,
    ids,
    // The fsync oracle proves itself with it: NORMAL must fail there. No operator has a reason to set it.
    synchronous: env.PATCHBAY_TEST_SYNCHRONOUS === "NORMAL" ? "NORMAL" : "FULL",
  });
  const { key, id } = loadMasterKey({ env, dataDir: config.dataDir });
  const vault = createVault({ masterKey: key, masterKeyId: id, sql: pair.sql, clock, ids, randomBytes });
  return { config, pair, sql: pair.sql, vault, clock, ids };
}

/** What an operator's command works on. Throws `config` where no server was ever started: a command makes no database and no key. */
export async function openExisting(config: Config, env: NodeJS.ProcessEnv): Promise<Foundation> {
  if (!existsSync(config.databaseFile))
    throw new AppError("config", `there is no database at ${config.databaseFile} yet: run npm start first`);
  return openFoundation(config, env);
}

export type Runtime = { url: string; setupUrl: string | null; close(): Promise<void> };

/** How long runs in progress may go on after the order to stop; all in all it takes ten seconds at the most. */
const graceMs = 8_000;
const lastAnswersMs = 500;
const purgeEveryMs = 60_000;

/** The composition root: opens everything, wires it and serves. Closing answers what was accepted and lets go of the rest. */
export async function createRuntime(config: Config, env: NodeJS.ProcessEnv, log: Log): Promise<Runtime> {
  const lock = lockDataFolder(join(config.dataDir, "patchbay.lock"));
  const foundation = await openFoundation(config, env);
  const { pair, vault, clock, ids } = foundation;
  const { sql, engine, bus, lease } = pair;
  await vault.check();
  await rememberOrigins(sql);
  await installCatalog(foundation);
  const sandbox = await startSandbox(config, clock);
  const sandboxes: Record<string, string> = sandbox ? { zoominfo: sandbox.url } : {};

  const outbound = createOutbound({
    clock,
    allowedHttpHosts: [...config.allowedHttpHosts, ...Object.values(sandboxes).map((url) => new URL(url).host)],
    sandboxes,
    tokens: createTokenStore(foundation),
    lease,
  });
  const loadVersion = createLoadVersion(sql);
  const loadConnection = createLoadConnection(foundation);
  const resolveLink = createResolveLink({ outbound, clock, sandboxes });
  const jsonata = createJsonataPool();
  const imports = createImport(config);
  const worker = createWorker({
    pair,
    engine,
    clock,
    random: Math.random,
    setTimer: setRealTimer,
    outbound,
    jsonata,
    sandboxes,
    loadVersion,
    loadConnection,
    resolveLink,
    name: ids.next("wrk"),
    slots: config.workerSlots,
    report: (run, error) => log.error({ run, err: error }, "a run met a fault"),
  });

  const passwords = createPasswords();
  const sessions = createSessions({ sql, clock });
  const setup = createSetup({ sql, clock, ids, passwords, sessions });
  const invitations = createInvitations({ sql, clock, ids, passwords, sessions });
  const guard = createGuard({ sessions, publicUrl: config.publicUrl });
  const refusals = createRefusals(bus);
  const ingest = createIngest({ engine, ids });
  const loadHook = createLoadHook(foundation);
  const answerTimers = createAnswerTimers(setRealTimer);
  if (!isLoopback(config.host) && (await setup.isNeeded()))
    throw new AppError(
      "config",
      `PATCHBAY_HOST is ${config.host}, but no administrator exists yet: set one up on 127.0.0.1 first`,
    );

  const report = (requestId: string, error: unknown) => log.error({ requestId, err: error }, "a request failed");
  const app = createApp({
    hooks: hookRoute({
      loadHook,
      loadVersion,
      ingest,
      engine,
      bus,
      refusals,
      clock,
      ids,
      setTimer: answerTimers.setTimer,
      maxBodyBytes: config.maxBodyBytes,
      report,
    }),
    api: [
      peopleRoutes({
        sql,
        sessions,
        passwords,
        limiter: createSignInLimiter(clock),
        setup,
        invitations,
        guard,
        publicUrl: config.publicUrl,
      }),
      membersRoute({ sql, invitations, guard, publicUrl: config.publicUrl }),
      runsRoute({ sql, engine, loadVersion, guard }),
      flowsRoute({ sql, ingest, loadVersion, clock, ids, publicUrl: config.publicUrl, guard }),
      draftsRoute({ sql, vault, ingest, loadVersion, clock, ids, publicUrl: config.publicUrl, guard }),
      connectorsRoute({
        sql,
        clock,
        ids,
        guard,
        importText: imports.read,
        allowedHttpHosts: config.allowedHttpHosts,
        sandboxes,
      }),
      connectionsRoute({ sql, vault, clock, ids, guard, outbound, loadConnection, sandboxes }),
      trialRoute({ sql, clock, ids, guard, outbound, resolveLink, loadConnection, sandboxes }),
      eventsRoute({ sql, refusals, guard }),
      overviewRoute({ sql, refusals, clock, guard }),
      liveRoute({ sql, engine, bus, guard }),
    ],
    ids,
    staticDir: config.staticDir,
    // A commit that failed is tried again at the latest by the next purge, so nobody has to send an event into the dark.
    ready: () =>
      sql.read("SELECT 1").then(
        () => pair.healthy(),
        () => false,
      ),
    report,
  });

  const server = await listen(app.fetch, config);
  const requests = followRequests(server, (path) => path.startsWith("/api/v1/live/"));
  if (config.workerSlots > 0) worker.start();
  const purge = purgeDedupeKeys({ engine, clock }, purgeEveryMs);
  const token = await setup.issueToken();
  return {
    url: config.publicUrl,
    setupUrl: token === null ? null : `${config.publicUrl}/setup?token=${token}`,
    async close() {
      await purge.stop();
      await requests.stopTaking();
      imports.close();
      await worker.stop(graceMs);
      // No run goes on here: whoever still waits for an answer gets 202, and finds it after the next start.
      answerTimers.letGo();
      await requests.close(lastAnswersMs);
      // What a call in flight came to is found out after the next start as well.
      await outbound.destroy();
      await jsonata.close();
      await sandbox?.close();
      await pair.close();
      lock.release();
    },
  };
}

/** The bundled sandbox is loaded only where it is switched on. */
async function startSandbox(config: Config, clock: Clock) {
  if (config.sandboxPort === null) return null;
  const { startZoomInfoSandbox } = await import("./sandbox/zoominfo/start.ts");
  return startZoomInfoSandbox({ host: "127.0.0.1", port: config.sandboxPort, clock });
}

function listen(fetch: Parameters<typeof serve>[0]["fetch"], { host, port }: Config): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Without a createServer of one's own it is a plain HTTP server.
    const server = serve({ fetch, hostname: host, port }, () => resolve(server)) as Server;
    server.on("error", (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === "EADDRINUSE" ? `port ${port} on ${host} is in use: set PATCHBAY_PORT` : `cannot listen: ${cause.message}`;
      reject(new AppError("config", reason, { cause }));
    });
  });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
