import { join } from "node:path";
import { AppError } from "../shared/app-error.ts";
import type { Config } from "./config.ts";
import { createDuties } from "./duties/duties.ts";
import { clearLeftovers } from "./duties/leftovers.ts";
import { deleteOld } from "./duties/retention.ts";
import { sweepTurns } from "./duties/sweep-turns.ts";
import { createKeyValues } from "./engine/key-values.ts";
import { setRealTimer } from "./engine/timer.ts";
import { purgeDedupeKeys } from "./ingress/purge-dedupe.ts";
import type { Log } from "./log.ts";
import { serveApi } from "./roles/api-node.ts";
import { createBase } from "./roles/base.ts";
import { openFoundation } from "./roles/foundation.ts";
import { prepareDatabase } from "./roles/prepare-database.ts";
import { startSandbox } from "./roles/sandbox.ts";
import { createTriggerLoops } from "./roles/trigger-loops.ts";
import { createWorkerNode, serveHealth } from "./roles/worker-node.ts";
import { releaseTurns } from "./subscriptions/release-turns.ts";

/** What a process is: all of the product, what takes events in and serves people, or what carries runs on. */
export type Role = "start" | "api" | "worker";

export type Runtime = {
  /** Where it is reached; null for a worker that serves nothing. */
  url: string | null;
  setupUrl: string | null;
  close(): Promise<void>;
};

type Options = { role: Role; config: Config; env: NodeJS.ProcessEnv; log: Log };

/** How long runs in progress may go on after the order to stop; all in all it takes ten seconds at the most. */
const graceMs = 8_000;

/** The composition root: opens everything, wires what the role has and serves. Closing answers what was accepted and lets go of the rest. */
export async function createRuntime({ role, config, env, log }: Options): Promise<Runtime> {
  requirePostgres(role, config);
  const lock = await lockDataFolder(config);
  const foundation = await openFoundation(config, env);
  await prepareDatabase(foundation);
  const { pair, sql, clock } = foundation;
  const sandbox = role === "start" && ownSandbox(config) ? await startSandbox("127.0.0.1", config, clock) : null;
  const base = createBase(foundation, sandbox?.url ?? config.sandboxUrl);
  const worker = role === "api" || config.workerSlots === 0 ? null : createWorkerNode(base, log);

  async function ready(): Promise<boolean> {
    if (worker && !worker.ready()) return false;
    try {
      await sql.read("SELECT 1");
    } catch {
      // The database is away: that is the answer, and no fault of ours.
      return false;
    }
    // After a commit that failed another one is tried, so nobody has to send an event into the dark.
    if (!pair.healthy()) await pair.engine.purgeDedupe(clock());
    return pair.healthy();
  }

  const api = role === "worker" ? null : await serveApi({ base, log, ready });
  const health = role === "worker" ? await serveHealth(config, ready) : null;
  worker?.start();
  const duties = createDuties({
    sql,
    clock,
    setTimer: setRealTimer,
    report: (duty, error) => log.error({ duty, err: error }, "a duty failed"),
  });
  duties.add(purgeDedupeKeys({ engine: pair.engine, clock }));
  duties.add(sweepTurns(pair));
  const keyValues = createKeyValues({ sql, clock });
  duties.add(deleteOld({ sql, clock, keyValues, retentionDays: config.retentionDays }));
  duties.add(clearLeftovers({ sql, clock, governor: pair.governor }));
  duties.start();
  if (config.database.kind === "embedded") await releaseTurns(sql);
  const triggers = createTriggerLoops(base, log);
  triggers.start();
  return {
    url: api ? config.publicUrl : (health?.url ?? null),
    setupUrl: api?.setupUrl ?? null,
    async close() {
      await duties.stop();
      // A look at an API that is under way ends with the calls in flight.
      const triggersStopped = triggers.stop();
      await api?.stopTaking();
      await worker?.stop(graceMs);
      // Where runs went on here none does now: whoever still waits for an answer gets 202, and finds it after the next start.
      await api?.close(role === "api" ? graceMs : 0);
      await health?.close();
      // What a call in flight came to is found out after the next start as well.
      await base.outbound.destroy();
      await triggersStopped;
      await worker?.close();
      await sandbox?.close();
      await pair.close();
      lock?.release();
    },
  };
}

/** Several processes need a database that they can share. */
function requirePostgres(role: Role, { database, workerSlots }: Config): void {
  if (role !== "start" && database.kind !== "postgres")
    throw new AppError("config", `"${role}" is one of several processes, and several processes need DATABASE_URL`);
  if (role === "worker" && workerSlots === 0)
    throw new AppError("config", "PATCHBAY_WORKER_SLOTS is 0: a worker would have nothing to do");
}

/** The embedded database is one process's own; loaded only where there is one. */
async function lockDataFolder({ database, dataDir }: Config): Promise<{ release(): void } | null> {
  if (database.kind !== "embedded") return null;
  const { lockDataFolder: lock } = await import("./store/sqlite/open-database.ts");
  return lock(join(dataDir, "patchbay.lock"));
}

/** One that runs elsewhere takes its place. */
function ownSandbox({ sandboxPort, sandboxUrl }: Config): boolean {
  return sandboxPort !== null && sandboxUrl === null;
}
