import { createRandom } from "../../runtime/testing/seeded-random.ts";
import { causeFaults } from "./cause-faults.ts";
import { startCountingUpstream } from "./counting-upstream.ts";
import { type Fault, judge, type Verdict } from "./judge.ts";
import { type Sent, startSenders } from "./senders.ts";
import { type PairName, startTopology } from "./topology.ts";
import { publishTwoCalls } from "./two-calls.ts";
import { describeUnfinished } from "./unfinished.ts";
import { untilFinished } from "./until-finished.ts";

export type ChaosOptions = { pair: PairName; seconds: number; seed: number; lanes?: number };

/** What a campaign came to, as `npm run chaos` prints it; `faults` apart. */
export type ChaosReport = Omit<Verdict, "faults"> & {
  pair: PairName;
  seconds: number;
  seed: number;
  /** Ids that were acknowledged. */
  acked: number;
  answered: number;
  sentAgain: number;
  kills: number;
  killsInFlight: number;
  stops: number;
  zombies: number;
  postgresCrashes: number;
  /** Seconds from the last fault's end until no run was unfinished. */
  drainSeconds: number;
  faults: Fault[];
};

const upstreamMs = 40;
const paceMs = 100;
const settleWithinMs = 120_000;

/**
 * The chaos campaign: signed events without a pause, processes killed and stopped at random for `seconds`, then all is mended, runs
 * come to their ends, and what the database and the upstream hold is compared with what was promised.
 */
export async function runChaos({ pair, seconds, seed, lanes = 48 }: ChaosOptions): Promise<ChaosReport> {
  const upstream = await startCountingUpstream(upstreamMs);
  const topology = await startTopology({ pair, apis: 2, workers: 3, env: { PATCHBAY_ALLOW_HTTP: upstream.host } });
  try {
    const hooks = await publishTwoCalls(topology, upstream.url);
    const urls = topology.takers.map(({ url }) => url ?? "");
    // A stream of its own each, so that the faults of a seed do not depend on how fast answers come.
    const senders = startSenders({ urls, hooks, lanes, paceMs, random: createRandom(seed + 1) });
    const faultsCaused = await causeFaults({ topology, upstream, random: createRandom(seed), forMs: seconds * 1_000 });
    const endedAt = performance.now();
    const sent = await senders.stop();
    return await topology.beside(async (foundation) => {
      const { sql } = foundation;
      // Not for ever: what is still unfinished is found by the judge.
      const unfinished = (await untilFinished(sql, settleWithinMs)) > 0 ? await describeUnfinished(foundation) : [];
      const drainSeconds = Number(((performance.now() - endedAt) / 1_000).toFixed(1));
      const { broken, stopped, ...counts } = faultsCaused;
      const verdict = await judge(sql, { upstream, acknowledged: sent.acknowledged, stops: stopped });
      const faults = [...told(sent, broken), ...unfinished.map(whyUnfinished), ...verdict.faults];
      const { answered, repeated: sentAgain } = sent;
      const acked = sent.acknowledged.size;
      return { pair, seconds, seed, acked, ...verdict, answered, sentAgain, ...counts, drainSeconds, faults };
    });
  } finally {
    await topology.close();
    await upstream.close();
  }
}

function whyUnfinished(state: Record<string, unknown>): Fault {
  return { fault: `unfinished: ${JSON.stringify(state)}`, id: "" };
}

function told(sent: Sent, broken: string[]): Fault[] {
  return [
    ...sent.faults.map((fault) => ({ fault, id: "" })),
    ...broken.map((name) => ({ fault: `${name} ended by itself`, id: "" })),
  ];
}
