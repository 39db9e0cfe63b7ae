import { maxImportBytes } from "../../shared/api/imports.ts";
import { AppError } from "../../shared/app-error.ts";
import { createApp } from "../app.ts";
import { connectionsRoute } from "../connections/connections.route.ts";
import { oauthRoute } from "../connections/oauth.route.ts";
import { connectorsRoute } from "../connectors/connectors.route.ts";
import { createImport, type Import } from "../connectors/import/import-in-process.ts";
import { importsRoute } from "../connectors/imports.route.ts";
import { createImports } from "../connectors/imports.ts";
import { logosRoute } from "../connectors/logos.route.ts";
import { versionsRoute } from "../connectors/versions.route.ts";
import { overviewRoute } from "../engine/overview.route.ts";
import { rerunRoute } from "../engine/rerun.route.ts";
import { runsRoute } from "../engine/runs.route.ts";
import { createValueSealer, openAnswers } from "../engine/secret-values.ts";
import { setRealTimer } from "../engine/timer.ts";
import { createWaitLinks } from "../engine/wait-links.ts";
import { eventsRoute } from "../events/events.route.ts";
import { createRefusals } from "../events/refusals.ts";
import { type CodePool, createCodePool } from "../expressions/code-pool.ts";
import { createJsonataPool, type JsonataPool } from "../expressions/jsonata-pool.ts";
import { flowTestsRoute } from "../flow-tests/flow-tests.route.ts";
import { draftsRoute } from "../flows/drafts.route.ts";
import { flowsRoute } from "../flows/flows.route.ts";
import { transferRoute } from "../flows/transfer.route.ts";
import { createAnswerWait } from "../ingress/answer-wait.ts";
import { createCertificates } from "../ingress/certificates.ts";
import { challengesAMinute } from "../ingress/challenge/take-challenge.ts";
import { hookRoute } from "../ingress/hook.route.ts";
import { hooksRoute } from "../ingress/hooks.route.ts";
import { createIngest, createIngestAll } from "../ingress/ingest.ts";
import { createLoadHook } from "../ingress/load-hook.ts";
import { createRateLimit } from "../ingress/rate-limit.ts";
import { createLoopUse, createRefusalRate } from "../ingress/refusal-rate.ts";
import { followRequests } from "../ingress/requests.ts";
import { triggersRoute } from "../ingress/triggers.route.ts";
import { createWaitLimit, waitRoute } from "../ingress/wait.route.ts";
import { createAnswerTimers } from "../ingress/wait-for-answer.ts";
import { waitsRoute } from "../ingress/waits.route.ts";
import { webhooksRoute } from "../ingress/webhooks.route.ts";
import { liveRoute } from "../live/live.route.ts";
import type { Log } from "../log.ts";
import { marketplaceRoute } from "../marketplace/marketplace.route.ts";
import { createFetchFile } from "../outbound/fetch-file.ts";
import { createProbeUrl } from "../outbound/probe-url.ts";
import { createGuard } from "../people/guard.ts";
import { createInvitations } from "../people/invitations.ts";
import { membersRoute } from "../people/members.route.ts";
import { createPasswords, type Passwords } from "../people/passwords.ts";
import { peopleRoutes } from "../people/people.route.ts";
import { createSessions, type Sessions } from "../people/sessions.ts";
import { createSetup, type Setup } from "../people/setup.ts";
import { createSignInLimiter } from "../people/sign-in-limiter.ts";
import { trialRoute } from "../trial/trial.route.ts";
import type { Base } from "./base.ts";
import { listen } from "./listen.ts";

/** What takes events in and serves API and interface. */
export type ApiNode = {
  /** The one-time link that creates the first administrator; null when there is one. */
  setupUrl: string | null;
  /** Takes nothing more; what was accepted is still answered. */
  stopTaking(): Promise<void>;
  /** Lets go of the senders that still wait for their run's answer, after `waitMs` at the most: they get 202. Then closes. */
  close(waitMs: number): Promise<void>;
};

const lastAnswersMs = 500;

type Deps = { base: Base; log: Log; ready(): Promise<boolean> };

/** Serves from the moment this settles. Throws `config` where it may not listen or cannot. */
export async function serveApi(deps: Deps): Promise<ApiNode> {
  const { config, sql, clock, ids } = deps.base;
  const passwords = createPasswords();
  const sessions = createSessions({ sql, clock });
  const people = { passwords, sessions, setup: createSetup({ sql, clock, ids, passwords, sessions }) };
  if (!isLoopback(config.host) && !config.setupFromNetwork && (await people.setup.isNeeded()))
    throw new AppError(
      "config",
      `PATCHBAY_HOST is ${config.host}, but no administrator exists yet: set one up on 127.0.0.1 first, or allow it from elsewhere with PATCHBAY_SETUP_FROM_NETWORK=on`,
    );
  const imports = createImport(config);
  const answerTimers = createAnswerTimers(setRealTimer);
  // Started when the first trigger with an expression, or code, is tried.
  const jsonata = createJsonataPool({ size: 1 });
  const code = createCodePool({ size: 2, perKey: 1 });
  const app = wireApp({ ...deps, ...people, imports, answerTimers, jsonata, code });
  const server = await listen(app.fetch, config);
  const requests = followRequests(server, (path) => path.startsWith("/api/v1/live/"));
  const token = await people.setup.issueToken();
  return {
    setupUrl: token === null ? null : `${config.publicUrl}/setup?token=${token}`,
    async stopTaking() {
      await requests.stopTaking();
      imports.close();
    },
    async close(waitMs) {
      const callOff = setRealTimer(waitMs, answerTimers.letGo);
      await requests.close(waitMs + lastAnswersMs);
      callOff();
      await Promise.all([jsonata.close(), code.close()]);
    },
  };
}

type Wiring = Deps & {
  passwords: Passwords;
  sessions: Sessions;
  setup: Setup;
  imports: Import;
  answerTimers: ReturnType<typeof createAnswerTimers>;
  jsonata: JsonataPool;
  code: CodePool;
};

/** The routes and what only they need. */
function wireApp({ base, log, ready, passwords, sessions, setup, imports, answerTimers, jsonata, code }: Wiring) {
  const { config, pair, sql, vault, clock, ids, sandboxes, outbound, callDepth, loadVersion, loadConnection, resolveLink } = base;
  const { engine, bus } = pair;
  const { publicUrl, allowedHttpHosts, maxBodyBytes, staticDir } = config;
  const { setTimer } = answerTimers;
  const limiter = createSignInLimiter(clock);
  const invitations = createInvitations({ sql, clock, ids, passwords, sessions });
  const guard = createGuard({ sessions, publicUrl });
  const refusals = createRefusals(bus);
  const ingest = createIngest({ engine, ids });
  const ingestAll = createIngestAll({ engine, ids });
  const loadHook = createLoadHook(base);
  const report = (requestId: string, error: unknown) => log.error({ requestId, err: error }, "a request failed");
  const fetchFile = createFetchFile(allowedHttpHosts);
  const background = createImports({
    sql,
    clock,
    ids,
    importBytes: imports.read,
    fetchBytes: (url) => fetchFile(url, { maxBytes: maxImportBytes, signal: AbortSignal.timeout(60_000) }),
    report: (fault) => log.error({ err: fault }, "an import failed"),
  });
  const waitLinks = createWaitLinks({ vault, publicUrl });
  const waits = {
    waitLinks,
    answerWait: createAnswerWait({ sql, engine, loadVersion, clock }),
    waitLimit: createWaitLimit(clock),
  };
  return createApp({
    waits: waitRoute({ ...waits, callDepth, ids, report }),
    hooks: hookRoute({
      ...{
        sql,
        vault,
        loadHook,
        loadVersion,
        ingest,
        ingestAll,
        engine: openAnswers(engine, createValueSealer(vault.derive("journal values"))),
        bus,
        refusals,
        clock,
        ids,
        setTimer,
        fetchFile,
        publicUrl,
        callDepth,
      },
      certificates: createCertificates({ fetchFile, clock }),
      refusalRate: createRefusalRate(clock, createLoopUse()),
      challengeLimit: createRateLimit(clock, challengesAMinute),
      maxBodyBytes,
      report,
    }),
    api: [
      peopleRoutes({ sql, sessions, passwords, limiter, setup, invitations, guard, publicUrl }),
      membersRoute({ sql, invitations, guard, publicUrl }),
      runsRoute({ sql, engine, loadVersion, guard }),
      transferRoute({ sql, clock, ids, guard }),
      waitsRoute({ ...waits, sql, engine, loadVersion, clock, guard }),
      rerunRoute({ sql, engine, loadVersion, clock, ids, guard }),
      flowTestsRoute({ sql, engine, loadVersion, clock, ids, jsonata, code, guard }),
      flowsRoute({ sql, ingest, loadVersion, clock, ids, publicUrl, guard }),
      draftsRoute({ sql, vault, ingest, loadVersion, clock, ids, publicUrl, guard }),
      connectorsRoute({ sql, clock, ids, guard, allowedHttpHosts, publicUrl, sandboxes }),
      importsRoute({ sql, clock, guard, imports: background, allowedHttpHosts }),
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
        report: (flow, error) => log.error({ flow, err: error }, "a trigger failed"),
      }),
      overviewRoute({ sql, refusals, clock, guard }),
      liveRoute({ sql, engine, bus, guard }),
    ],
    ids,
    staticDir,
    ready,
    report,
  });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
