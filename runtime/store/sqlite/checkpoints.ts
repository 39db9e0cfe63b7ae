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

  function committed(): void {
    timer ??= setTimeout(copy, everyMs).unref();
  }

  function copy(): void {
    if (!worker) {
      worker = new Worker(new URL("./checkpoint.worker.ts", import.meta.url), { workerData: { file, longLog } });
      worker.unref();
      worker.on("message", finish);
      worker.on("error", () => {
        worker = null;
        timer = null;
      });
    }
    worker.postMessage("copy");
  }

  function finish(framesInLog: number): void {
    timer = null;
    if (framesInLog > longLog) db.pragma("wal_checkpoint(PASSIVE)");
  }

  return {
    committed,
    async close() {
      if (timer) clearTimeout(timer);
      timer = setTimeout(() => {}, 0).unref();
      await worker?.terminate();
    },
  };
}
