import { publishHookFlow } from "../fixtures.ts";
import { type Place, startServer } from "../server.ts";
import { finishRate, prepareBacklog, untilDrained } from "./backlog.ts";
import { type Figure, median, ratio } from "./figure.ts";
import { startScript } from "./processes.ts";
import { type PairName, pureFlow, withPlace } from "./product.ts";

const rounds = 3;
const backlog = 9_000;

/**
 * Journaled runs of three pure steps finished per second by one worker, against the same store and queue driven by a handler that
 * does nothing. Rounds of both in turn on one database, medians; nothing is pinned on either side.
 */
export async function runs(pair: PairName): Promise<Figure> {
  return withPlace(pair, { pinned: false, env: { PATCHBAY_SANDBOX: "off" } }, async (place) => {
    await (await startServer(place)).end("SIGTERM");
    const foundation = await place.foundation();
    const hook = await publishHookFlow(foundation, pureFlow);
    await foundation.pair.close();
    const empty: number[] = [];
    const journaled: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      empty.push(await rateOf(place, hook, () => startScript("empty-handler.ts", { core: "any", env: place.env })));
      journaled.push(await rateOf(place, hook, () => startWorker(place, pair)));
    }
    return {
      case: "runs",
      pair,
      unit: "runs/s",
      value: Math.round(median(journaled)),
      baseline: Math.round(median(empty)),
      ratio: ratio(median(journaled), median(empty)),
      p50Ms: null,
      p99Ms: null,
      rounds: { journaled: journaled.map(Math.round), empty: empty.map(Math.round) },
    };
  });
}

async function startWorker(place: Place, pair: PairName): Promise<{ stop(): Promise<void> }> {
  const server = await startServer(place, { role: pair === "embedded" ? "start" : "worker" });
  return { stop: () => server.end("SIGTERM") };
}

/** Prepares a backlog, starts whoever works it off, and reads from the rows how fast that went. */
async function rateOf(
  place: Place,
  hook: Parameters<typeof prepareBacklog>[1],
  start: () => Promise<{ stop(): Promise<void> }>,
): Promise<number> {
  const foundation = await place.foundation();
  await prepareBacklog(foundation, hook, backlog);
  const since = Date.now();
  const worker = await start();
  await untilDrained(foundation);
  await worker.stop();
  const rate = await finishRate(foundation, since);
  await foundation.pair.close();
  return rate;
}
