import { AppError } from "../../shared/app-error.ts";
import { startServer } from "../server.ts";
import { type Figure, median, ratio } from "./figure.ts";
import { onServerCore, runLoad } from "./processes.ts";
import { hookOf, type PairName, pureFlow, withPlace } from "./product.ts";

const badPerSecond = 5_000;
const goodPerSecond = 300;
const rounds = 8;

/**
 * p99 of deliveries to one hook while 5,000 a second with wrong signatures come to another, against the same without these; in turn,
 * medians of the rounds. The load is open loop, so what waits behind the flood counts; the flood's sender never takes the core from the
 * one that measures, as if it were elsewhere.
 */
export async function flood(pair: PairName, seconds: number): Promise<Figure> {
  return withPlace(pair, { env: { PATCHBAY_WORKER_SLOTS: "0" }, pinned: true }, async (place) => {
    const server = await startServer(place, { prefix: onServerCore });
    try {
      const good = await hookOf(place, { ...pureFlow, name: "Good" });
      const bad = { ...(await hookOf(place, { ...pureFlow, name: "Flooded" })), secret: "another" };
      const p99 = { alone: [] as number[], flooded: [] as number[] };
      const common = { connections: 64, bodyBytes: 2_048, warmUpSeconds: 1 };
      const part = Math.max(2, seconds / rounds / 2);
      const takeGood = () => runLoad({ ...common, ...good, seconds: part, rate: goodPerSecond });
      let answers: Record<string, number> = {};
      for (let round = 0; round < rounds; round += 1) {
        p99.alone.push((await takeGood()).p99Ms);
        // The flood begins before and ends after.
        const flooding = runLoad({ ...common, ...bad, seconds: part + 1, rate: badPerSecond }, { answers: "any", aside: true });
        p99.flooded.push((await takeGood()).p99Ms);
        const flooded = await flooding;
        // A flood that the server or its sender held back would be none.
        if (flooded.perSecond < badPerSecond * 0.95)
          throw new AppError("internal", `the flood was ${flooded.perSecond} a second, not ${badPerSecond}`);
        answers = flooded.statuses;
      }
      const [value, baseline] = [median(p99.flooded), median(p99.alone)];
      return {
        case: "flood",
        pair,
        unit: "ms",
        value,
        baseline,
        ratio: ratio(value, baseline),
        p50Ms: null,
        p99Ms: value,
        answers,
      };
    } finally {
      await server.end("SIGTERM");
    }
  });
}
