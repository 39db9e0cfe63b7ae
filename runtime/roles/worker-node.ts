import { createHealthApp } from "../app.ts";
import type { Config } from "../config.ts";
import { createKeyValues } from "../engine/key-values.ts";
import { createValueSealer } from "../engine/secret-values.ts";
import { setRealTimer } from "../engine/timer.ts";
import { createTurns } from "../engine/turns.ts";
import { createWaitLinks } from "../engine/wait-links.ts";
import { createWorker } from "../engine/worker.ts";
import { createCodePool } from "../expressions/code-pool.ts";
import { createJsonataPool } from "../expressions/jsonata-pool.ts";
import { createFindFlow } from "../flows/find-flow.ts";
import type { Log } from "../log.ts";
import type { Base } from "./base.ts";
import { listen } from "./listen.ts";

/** What carries runs on. */
export type WorkerNode = {
  start(): void;
  /** May it claim runs, and write? */
  ready(): boolean;
  /** Claims nothing more; lets go of the runs that have not come to rest after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  close(): Promise<void>;
};

export function createWorkerNode(base: Base, log: Log): WorkerNode {
  const { config, pair, clock, ids, outbound, sandboxes, loadVersion, loadConnection, resolveLink } = base;
  const jsonata = createJsonataPool();
  const code = createCodePool();
  const worker = createWorker({
    pair,
    engine: pair.engine,
    clock,
    ids,
    random: Math.random,
    setTimer: setRealTimer,
    outbound,
    jsonata,
    code,
    keyValues: createKeyValues({ sql: pair.sql, clock }),
    turns: createTurns(pair),
    sandboxes,
    loadVersion,
    findFlow: createFindFlow(pair.sql, loadVersion),
    loadConnection,
    resolveLink,
    sealer: createValueSealer(base.vault.derive("journal values")),
    waitLinks: createWaitLinks({ vault: base.vault, publicUrl: config.publicUrl }),
    name: ids.next("wrk"),
    slots: config.workerSlots,
    report: (run, error) =>
      log.error({ ...(run !== null && { run }), err: error }, run === null ? "the worker met a fault" : "a run met a fault"),
  });
  return {
    start: worker.start,
    ready: () => worker.joined,
    stop: worker.stop,
    async close() {
      await Promise.all([jsonata.close(), code.close()]);
    },
  };
}

/** A worker that stands alone says how it is where it was given a port (null else), and serves nothing besides. */
export async function serveHealth(
  { host, healthPort: port }: Config,
  ready: () => Promise<boolean>,
): Promise<{ url: string; close(): Promise<void> } | null> {
  if (port === null) return null;
  const server = await listen(createHealthApp(ready).fetch, { host, port });
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
