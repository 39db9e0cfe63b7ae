import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";

const db = new Database((workerData as { file: string }).file, { timeout: 0 });
db.pragma("synchronous = FULL");

/** Copies what is in the log, then what came meanwhile, which is less each time. Answers how many frames were added at last. */
parentPort?.on("message", () => {
  let before = 0;
  let added = 0;
  for (let round = 0; round < 4; round += 1) {
    const [row] = db.pragma("wal_checkpoint(PASSIVE)") as { log: number; checkpointed: number }[];
    added = (row?.log ?? 0) - before;
    before = row?.log ?? 0;
    if (added < 100) break;
  }
  parentPort?.postMessage(added);
});
