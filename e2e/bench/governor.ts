import { setTimeout as sleep } from "node:timers/promises";
import { startPostgres } from "../../runtime/cli/embedded-postgres.ts";
import { createIds } from "../../runtime/ids.ts";
import { openPostgres } from "../../runtime/store/postgres/open-postgres.ts";
import { startFakeUpstream } from "../../runtime/testing/fake-upstream.ts";
import { mostInAnyStretch } from "../../runtime/testing/most-in-any-stretch.ts";
import { type Figure, ratio } from "./figure.ts";
import { startScript } from "./processes.ts";

const processes = 4;
/** Calls that a process has under way or waiting: all of them together want far more than the limit. */
const wanted = 20;
const warmUpMs = 2_000;

/** Calls that reach an API which lets an account make 25 a second, from four processes on one Postgres. Nothing is pinned. */
export async function governor(seconds: number): Promise<Figure> {
  const usual = await callsUnder(25, seconds);
  const fast = await callsUnder(200, seconds);
  return {
    case: "governor",
    pair: "postgres",
    unit: "calls/s",
    value: usual.perSecond,
    baseline: 25,
    ratio: ratio(usual.perSecond, 25),
    p50Ms: null,
    p99Ms: null,
    mostInAnySecond: usual.mostInAnySecond,
    of200: { ...fast, ratio: ratio(fast.perSecond, 200) },
  };
}

async function callsUnder(perSecond: number, seconds: number): Promise<{ perSecond: number; mostInAnySecond: number }> {
  const postgres = await startPostgres();
  const schema = "bench";
  const pair = await openPostgres({ url: postgres.url, schema, clock: Date.now, ids: createIds(Date.now) });
  await pair.close();
  const upstream = await startFakeUpstream();
  const arrivals: number[] = [];
  upstream.always(() => {
    arrivals.push(performance.now());
    return {};
  });
  const args = [postgres.url, schema, upstream.url, String(perSecond), String(wanted)];
  const callers = await Promise.all(
    Array.from({ length: processes }, () => startScript("governor-caller.ts", { args, core: "any" })),
  );
  await sleep(warmUpMs);
  arrivals.length = 0;
  const from = performance.now();
  await sleep(seconds * 1_000);
  const counted = arrivals.filter((at) => at - from < seconds * 1_000);
  await Promise.all(callers.map((caller) => caller.stop()));
  await upstream.close();
  await postgres.stop();
  return {
    perSecond: Number((counted.length / seconds).toFixed(2)),
    mostInAnySecond: mostInAnyStretch(counted, 1_000),
  };
}
