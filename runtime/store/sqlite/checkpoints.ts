import { Worker } from "node:worker_threads";
import type { SqliteDatabase } from "./open-database.ts";

/** Keeps the write-ahead log short while commits go on. */
export type Checkpoints = { committed(): void; close(): Promise<void> };

/** How long after a commit the log is copied into the database. */
const everyMs = 1_000;
/** Frames that this thread may copy itself: a few milliseconds at most. */
const fewFrames = 400;

/**
 * SQLite copies the log into the database when asked, which takes a tenth of a second under load. A thread copies while this one
 * goes on committing; when only few frames are left, this thread copies those, so that the log begins anew with the next commit.
 */
export function createCheckpoints(db: SqliteDatabase, file: string): Checkpoints {
  let worker: Worker | null = null;
  let timer: NodeJS.Timeout | null = null;

  function committed(): void {
    timer ??= setTimeout(copy, everyMs).unref();
  }

  function copy(): void {
    if (!worker) {
      worker = new Worker(new URL("./checkpoint.worker.ts", import.meta.url), { workerData: { file } });
      worker.unref();
      worker.on("message", finish);
      worker.on("error", () => {
        worker = null;
        timer = null;
      });
    }
    worker.postMessage("copy");
  }

  function finish(framesLeft: number): void {
    timer = null;
    if (framesLeft <= fewFrames) db.pragma("wal_checkpoint(PASSIVE)");
    else committed();
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
