import { Worker } from "node:worker_threads";
import type { SqliteDatabase } from "./open-database.ts";

/** Keeps the write-ahead log short while commits go on. */
export type Checkpoints = { committed(): void; close(): Promise<void> };

/** How long after a commit the log is copied into the database. */
const everyMs = 250;
/** Frames of 4 KB in the log from which on this thread makes it begin anew: 128 MB. */
const longLog = 32_768;

/**
 * SQLite copies the log into the database when asked, which takes a tenth of a second under load: a thread does it while this one
 * goes on committing. The log begins anew when a commit finds it copied whole, which never happens while commits come without a
 * pause; so when it has become long, this thread copies the last frames itself, which holds commits up for some milliseconds.
 */
export function createCheckpoints(db: SqliteDatabase, file: string): Checkpoints {
  let worker: Worker | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  function committed(): void {
    if (!closed) timer ??= setTimeout(copy, everyMs).unref();
  }

  function copy(): void {
    worker ??= startWorker();
    worker.postMessage("copy");
  }

  function startWorker(): Worker {
    const started = new Worker(new URL("./checkpoint.worker.ts", import.meta.url), { workerData: { file, longLog } });
    started.unref();
    started.on("message", finish);
    // Without a copy the log only grows; the next commit starts another.
    started.on("error", () => {});
    started.on("exit", () => {
      worker = null;
      timer = null;
    });
    return started;
  }

  function finish(framesInLog: number): void {
    timer = null;
    if (!closed && framesInLog > longLog) db.pragma("wal_checkpoint(PASSIVE)");
  }

  return {
    committed,
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      if (!worker) return;
      // Never terminated: stopped inside a native call, a thread can take the whole process with it.
      const ended = new Promise((resolve) => worker?.once("exit", resolve));
      worker.ref();
      worker.postMessage("end");
      await ended;
    },
  };
}
