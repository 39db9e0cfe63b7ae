import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { AppError } from "../../shared/app-error.ts";

type Asked = { url: string; headers: Record<string, string> };

/** Answers that are not counted. */
const warmUp = 20;

/**
 * Asks the same thing again and again in a thread of its own, so that what the benchmark does itself is not measured. Settles when
 * thread and connection are warm.
 */
export async function askMeanwhile(asked: Asked): Promise<{ stop(): Promise<number[]> }> {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: asked });
  const times = new Promise<number[]>((resolve, reject) => {
    worker.on("message", (message: "warm" | number[]) => message !== "warm" && resolve(message));
    worker.once("error", reject);
  });
  await Promise.race([once(worker, "message"), times]);
  return {
    /** How long each answer took, in ms. */
    stop() {
      worker.postMessage("stop");
      return times;
    },
  };
}

if (!isMainThread) {
  const { url, headers } = workerData as Asked;
  const times: number[] = [];
  let stopped = false;
  parentPort?.once("message", () => {
    stopped = true;
  });
  for (let count = 0; !stopped; count += 1) {
    if (count === warmUp) parentPort?.postMessage("warm");
    const sentAt = performance.now();
    const answer = await fetch(url, { headers });
    await answer.arrayBuffer();
    if (!answer.ok) throw new AppError("internal", `GET ${url} was answered ${answer.status}`);
    if (count >= warmUp) times.push(performance.now() - sentAt);
    await sleep(5);
  }
  parentPort?.postMessage(times);
}
