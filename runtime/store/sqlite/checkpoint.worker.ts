import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";

const db = new Database((workerData as { file: string }).file, { timeout: 0 });
db.pragma("synchronous = FULL");

/** Copies what is in the log, then what came meanwhile, which is less. Answers how many frames the log has. */
parentPort?.on("message", () => {
  db.pragma("wal_checkpoint(PASSIVE)");
  const [row] = db.pragma("wal_checkpoint(PASSIVE)") as { log: number }[];
  parentPort?.postMessage(row?.log ?? 0);
});
