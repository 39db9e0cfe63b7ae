import { node, testConnector } from "../../runtime/testing/test-engine.ts";
import type { TestHook } from "../../runtime/testing/test-hook.ts";
import { publishHookFlow } from "../fixtures.ts";
import { freePort, type Place, startServer } from "../server.ts";
import { finishRate, prepareBacklog, untilDrained } from "./backlog.ts";
import { type Figure, median, ratio } from "./figure.ts";
import { startScript } from "./processes.ts";
import { withPlace } from "./product.ts";

const rounds = 3;
const answerAfterMs = 200;
const slots = 20;
const sizes = [1, 2, 4] as const;

/**
 * Runs per second that wait for somebody else's API nearly all the time, with one, two and four workers of a few slots each on one
 * Postgres. Rounds of all sizes in turn, medians; nothing is pinned.
 */
export async function scale(seconds: number): Promise<Figure> {
  const port = await freePort();
  const upstream = await startScript("upstream.ts", { args: [String(port), String(answerAfterMs)], core: "any" });
  const env = {
    PATCHBAY_SANDBOX: "off",
    PATCHBAY_WORKER_SLOTS: String(slots),
    PATCHBAY_ALLOW_HTTP: `127.0.0.1:${port}`,
  };
  const rates = await withPlace("postgres", { pinned: false, env }, async (place) => {
    await (await startServer(place, { role: "api" })).end("SIGTERM");
    const foundation = await place.foundation();
    const hook = await publishHookFlow(foundation, {
      name: "Waits",
      connector: { ...testConnector, baseUrl: `http://127.0.0.1:${port}` },
      nodes: [node.call("get", "idempotent", { inputs: { value: "{{trigger.body.email}}" } })],
      edges: ["event -> get"],
    });
    await foundation.pair.close();
    const measured = new Map<number, number[]>(sizes.map((size) => [size, []]));
    for (let round = 0; round < rounds; round += 1)
      for (const size of sizes) measured.get(size)?.push(await rateOf(place, hook, { size, seconds }));
    return measured;
  });
  await upstream.stop();
  const [one = 0, two = 0, four = 0] = sizes.map((size) => median(rates.get(size) ?? []));
  return {
    case: "scale",
    pair: "postgres",
    unit: "runs/s with 4 workers",
    value: Math.round(four),
    baseline: Math.round(one),
    ratio: ratio(four, one),
    p50Ms: null,
    p99Ms: null,
    ofTwo: ratio(two, one),
    ideal: (slots * 1_000) / answerAfterMs,
    rounds: Object.fromEntries([...rates].map(([size, list]) => [size, list.map(Math.round)])),
  };
}

type Round = { size: number; seconds: number };

/** Enough runs for all to be busy for about so many seconds. */
async function rateOf(place: Place, hook: TestHook, { size, seconds }: Round): Promise<number> {
  const foundation = await place.foundation();
  const workers = await Promise.all(Array.from({ length: size }, () => startServer(place, { role: "worker" })));
  const since = Date.now();
  await prepareBacklog(foundation, hook, Math.round((size * seconds * slots * 1_000) / answerAfterMs));
  await untilDrained(foundation);
  await Promise.all(workers.map((worker) => worker.end("SIGTERM")));
  const rate = await finishRate(foundation, since);
  await foundation.pair.close();
  return rate;
}
