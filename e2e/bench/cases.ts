import { node, testConnector } from "../../runtime/testing/test-engine.ts";
import { freePort, makePlace, type Place, type Server, startServer } from "../server.ts";
import { type Figure, median, ratio } from "./figure.ts";
import type { Load, LoadResult } from "./generator.ts";
import { onServerCore, residentMb, runLoad, startScript } from "./processes.ts";
import { hookOf, type PairName, pureFlow, withPlace } from "./product.ts";

const connections = 64;
const bodyBytes = 1_024;
const common = { connections, bodyBytes, warmUpSeconds: 2, rate: null };
const takesOnly = { PATCHBAY_WORKER_SLOTS: "0" };

type Use<T> = (place: Place, server: Server) => Promise<T>;

/** A server alone on a database of this pair, both on the server's core unless they may use all. */
async function withServer<T>(pair: PairName, env: NodeJS.ProcessEnv, use: Use<T>, pinned = true): Promise<T> {
  return withPlace(pair, { env, pinned }, async (place) => {
    const server = await startServer(place, pinned ? { prefix: onServerCore } : {});
    try {
      return await use(place, server);
    } finally {
      await server.end("SIGTERM");
    }
  });
}

async function bareRoute(seconds: number): Promise<LoadResult> {
  const port = await freePort();
  const bare = await startScript("bare-route.ts", { args: [String(port), "secret"], core: "server" });
  const result = await runLoad({ ...common, url: `http://127.0.0.1:${port}/hooks/x`, secret: "secret", seconds });
  await bare.stop();
  return result;
}

/** Event and run written as always, nothing claimed, against a route that stores nothing. p50 and p99 are those at half the rate, open loop. */
export async function ingest(pair: PairName, seconds: number): Promise<Figure> {
  const bare = await bareRoute(seconds);
  return withServer(pair, takesOnly, async (place) => {
    const hook = await hookOf(place, pureFlow);
    const full = await runLoad({ ...common, ...hook, seconds });
    const half = await runLoad({ ...common, ...hook, seconds, rate: Math.round(full.perSecond / 2) });
    return {
      case: "ingest",
      pair,
      unit: "events/s",
      value: full.perSecond,
      baseline: bare.perSecond,
      ratio: ratio(full.perSecond, bare.perSecond),
      p50Ms: half.p50Ms,
      p99Ms: half.p99Ms,
      saturatedP99Ms: full.p99Ms,
    };
  });
}

/**
 * The same on Postgres against the same on the embedded pair, in short rounds in turn, medians of each; then the delays of each pair
 * alone, at half its rate: with both there, they would be what the other still writes to the disk. Both pairs have all of the machine
 * but what the load takes: a server and its Postgres are several processes, and nobody would give them one core.
 */
export async function ingestOnBoth(seconds: number): Promise<Figure> {
  const round = { ...common, warmUpSeconds: 1, seconds: Math.max(2, Math.round(seconds / 2)) };
  const onPostgres = (embedded: Place) =>
    withServer("postgres", takesOnly, (postgres) => ratesInTurn({ embedded, postgres }, round), false);
  const full = await withServer("embedded", takesOnly, onPostgres, false);
  const rates = { embedded: median(full.embedded), postgres: median(full.postgres) };
  const embedded = await delaysAlone("embedded", rates.embedded, round);
  const postgres = await delaysAlone("postgres", rates.postgres, round);
  return {
    case: "ingest",
    pair: "postgres against embedded",
    unit: "events/s",
    value: rates.postgres,
    baseline: rates.embedded,
    ratio: ratio(rates.postgres, rates.embedded),
    p50Ms: middle(postgres, "p50Ms"),
    p99Ms: middle(postgres, "p99Ms"),
    embeddedP50Ms: middle(embedded, "p50Ms"),
    embeddedP99Ms: middle(embedded, "p99Ms"),
    rounds: { ...full, p99Ms: postgres.map(({ p99Ms }) => p99Ms) },
  };
}

const rounds = 3;

type Round = Omit<Load, "url" | "secret">;

async function ratesInTurn(places: Record<PairName, Place>, round: Round): Promise<Record<PairName, number[]>> {
  const hooks = { embedded: await hookOf(places.embedded, pureFlow), postgres: await hookOf(places.postgres, pureFlow) };
  const rates: Record<PairName, number[]> = { embedded: [], postgres: [] };
  for (let count = 0; count < rounds; count += 1)
    for (const pair of ["embedded", "postgres"] as const)
      rates[pair].push((await runLoad({ ...round, ...hooks[pair] })).perSecond);
  return rates;
}

/** At half of `rate`, on a database that has taken a round at full speed. */
function delaysAlone(pair: PairName, rate: number, round: Round): Promise<LoadResult[]> {
  const measure = async (place: Place) => {
    const load = { ...round, ...(await hookOf(place, pureFlow)) };
    await runLoad(load);
    const results: LoadResult[] = [];
    for (let count = 0; count < rounds; count += 1) results.push(await runLoad({ ...load, rate: Math.round(rate / 2) }));
    return results;
  };
  return withServer(pair, takesOnly, measure, false);
}

function middle(results: LoadResult[], figure: "perSecond" | "p50Ms" | "p99Ms"): number {
  return median(results.map((result) => result[figure]));
}

/** Offered at a fixed rate, acknowledged and finished; the value is the highest rate that was kept up with a backlog of at most 1 s at the end. */
export async function ingestFinish(pair: PairName, seconds: number): Promise<Figure> {
  const bare = await bareRoute(Math.min(seconds, 5));
  const [first = 0, ...higher] = offered[pair];
  let best = await finishAt({ pair, rate: first, seconds, bare: bare.perSecond });
  for (const rate of higher) {
    if (!best.sustained) break;
    const figure = await finishAt({ pair, rate, seconds, bare: bare.perSecond });
    if (!figure.sustained) break;
    best = figure;
  }
  return best;
}

const offered: Record<PairName, number[]> = { embedded: [2_500, 3_000, 3_500, 4_000], postgres: [500, 1_000, 1_500, 2_000] };

type Offer = { pair: PairName; rate: number; seconds: number; bare: number };

async function finishAt({ pair, rate, seconds, bare }: Offer): Promise<Figure> {
  return withServer(pair, {}, async (place) => {
    const hook = await hookOf(place, pureFlow);
    const result = await runLoad({ ...common, ...hook, seconds, rate });
    const foundation = await place.foundation();
    const { sql } = foundation;
    const count = async (where: string) =>
      (await sql.read<{ n: number }>(`SELECT count(*) AS n FROM runs WHERE ${where}`))[0]?.n ?? 0;
    const [backlog, failed] = [
      await count("finished_at IS NULL"),
      await count("status NOT IN ('succeeded', 'queued', 'running')"),
    ];
    await foundation.pair.close();
    return {
      case: "ingest-finish",
      pair,
      unit: "events/s",
      value: result.perSecond,
      baseline: bare,
      ratio: ratio(result.perSecond, bare),
      p50Ms: result.p50Ms,
      p99Ms: result.p99Ms,
      seconds,
      offered: rate,
      backlog,
      backlogSeconds: Number((backlog / rate).toFixed(2)),
      sustained: result.perSecond > 0.98 * rate && backlog <= rate,
      failed,
    };
  });
}

/** Five nodes with one HTTP call; the sender waits for the flow's answer. */
export async function flowHttp(pair: PairName, seconds: number): Promise<Figure> {
  const bare = await bareRoute(Math.min(seconds, 5));
  const port = await freePort();
  const upstream = await startScript("upstream.ts", { args: [String(port)], core: "other" });
  const figure = await withServer(pair, { PATCHBAY_ALLOW_HTTP: `127.0.0.1:${port}` }, async (place, server) => {
    const hook = await hookOf(place, {
      name: "Call",
      connector: { ...testConnector, baseUrl: `http://127.0.0.1:${port}` },
      nodes: [
        node.transform("pick", { email: "{{trigger.body.email}}" }),
        node.call("get", "idempotent", { inputs: { value: "{{steps.pick.output.email}}" } }),
        node.transform("shape", { name: "{{steps.get.output.name}}", score: "{{steps.get.output.score}}" }),
        node.respond("answer", "{{steps.shape.output}}"),
      ],
      edges: ["event -> pick", "pick -> get", "get -> shape", "shape -> answer"],
    });
    const result = await runLoad({ ...common, ...hook, connections: 32, seconds });
    return { result, rss: residentMb(server.pid) };
  });
  await upstream.stop();
  const { result, rss } = figure;
  return {
    case: "flow-http",
    pair,
    unit: "runs/s",
    value: result.perSecond,
    baseline: bare.perSecond,
    ratio: ratio(result.perSecond, bare.perSecond),
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    statuses: result.statuses,
    residentMbAfterLoad: rss,
  };
}

/** From the process's start to the first 200, on a data folder that exists; resident memory idle and after load. */
export async function start(seconds: number): Promise<Figure> {
  const place = await makePlace();
  await (await startServer(place)).end("SIGTERM");
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const startedAt = performance.now();
    const starting = startServer(place, { prefix: onServerCore });
    await firstOk(`${place.url}/livez`);
    times.push(performance.now() - startedAt);
    await (await starting).end("SIGTERM");
  }
  const server = await startServer(place, { prefix: onServerCore });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const idleMb = residentMb(server.pid);
  const hook = await hookOf(place, pureFlow);
  await runLoad({ ...common, ...hook, seconds, rate: 2_000 } satisfies Load);
  const residentMbAfterLoad = residentMb(server.pid);
  await server.end("SIGTERM");
  place.remove();
  times.sort((a, b) => a - b);
  return {
    case: "start",
    unit: "ms to first 200",
    value: Math.round(times[2] ?? 0),
    baseline: null,
    ratio: null,
    p50Ms: Math.round(times[2] ?? 0),
    p99Ms: Math.round(times[4] ?? 0),
    idleMb,
    residentMbAfterLoad,
  };
}

async function firstOk(url: string): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}
