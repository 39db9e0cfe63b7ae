import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";

const { file, longLog } = workerData as { file: string; longLog: number };
const db = new Database(file, { timeout: 0 });
db.pragma("synchronous = FULL");
// On Linux 0 is this thread alone: on a machine with one core it must not take turns with the server.
if (process.platform === "linux") setPriority(0, 19);

/** Copies what is in the log; gives how many frames it has. */
function copy(): number {
  const [row] = db.pragma("wal_checkpoint(PASSIVE)") as { log: number }[];
  return row?.log ?? 0;
}

/** Each copy finds what came during the one before, which is less: a long log is copied until the server has little left to do. */
parentPort?.on("message", (order: "copy" | "end") => {
  if (order === "end") {
    db.close();
    parentPort?.close();
    return;
  }
  let before = copy();
  let now = copy();
  for (let round = 0; round < 3 && now > longLog && now - before > 200; round += 1) {
    before = now;
    now = copy();
  }
  parentPort?.postMessage(now);
});
