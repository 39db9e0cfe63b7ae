import { node, testConnector } from "../../runtime/testing/test-engine.ts";
import { publishHookFlow } from "../fixtures.ts";
import { freePort, makePlace, type Place, type Server, startServer } from "../server.ts";
import type { Load, LoadResult } from "./generator.ts";
import { onServerCore, residentMb, runLoad, startScript } from "./processes.ts";

/** One line of the benchmark's output; `ratio` is value / baseline. */
export type Figure = {
  case: string;
  unit: string;
  value: number;
  baseline: number | null;
  ratio: number | null;
  p50Ms: number | null;
  p99Ms: number | null;
  [more: string]: unknown;
};

const connections = 64;
const bodyBytes = 1_024;
const common = { connections, bodyBytes, warmUpSeconds: 2, rate: null };

const pureNodes = [
  node.transform("pick", { email: "{{trigger.body.email}}", n: "{{trigger.body.n}}" }),
  node.branch("check", "{{steps.pick.output.n}}", 7),
  node.transform("shape", { to: "{{steps.pick.output.email}}", all: "{{trigger.body.list}}" }),
];
const pureEdges = ["event -> pick", "pick -> check", "check:true -> shape"];

async function withServer<T>(env: NodeJS.ProcessEnv, use: (place: Place, server: Server) => Promise<T>): Promise<T> {
  const place = await makePlace(env);
  const server = await startServer(place, { prefix: onServerCore });
  try {
    return await use(place, server);
  } finally {
    await server.end("SIGTERM");
    place.remove();
  }
}

async function hookOf(place: Place, flow: Parameters<typeof publishHookFlow>[1]): Promise<{ url: string; secret: string }> {
  const foundation = await place.foundation();
  const { hook, secret } = await publishHookFlow(foundation, flow);
  await foundation.pair.close();
  return { url: `${place.url}/hooks/${hook}`, secret };
}

async function bareRoute(seconds: number): Promise<LoadResult> {
  const port = await freePort();
  const bare = await startScript("bare-route.ts", [String(port), "secret"], "server");
  const result = await runLoad({ ...common, url: `http://127.0.0.1:${port}/hooks/x`, secret: "secret", seconds });
  await bare.stop();
  return result;
}

/** Event and run written as always, nothing claimed. p50 and p99 are those at half the rate, open loop. */
export async function ingest(seconds: number): Promise<Figure> {
  const bare = await bareRoute(seconds);
  return withServer({ PATCHBAY_WORKER_SLOTS: "0" }, async (place) => {
    const hook = await hookOf(place, { name: "Pure", nodes: pureNodes, edges: pureEdges });
    const full = await runLoad({ ...common, ...hook, seconds });
    const half = await runLoad({ ...common, ...hook, seconds, rate: Math.round(full.perSecond / 2) });
    return {
      case: "ingest",
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

/** Offered at a fixed rate, acknowledged and finished; the value is the highest rate that was kept up with a backlog of at most 1 s at the end. */
export async function ingestFinish(seconds: number): Promise<Figure> {
  const bare = await bareRoute(Math.min(seconds, 5));
  let best = await finishAt(2_500, seconds, bare.perSecond);
  for (const rate of [3_000, 3_500, 4_000]) {
    if (!best.sustained) break;
    const figure = await finishAt(rate, seconds, bare.perSecond);
    if (!figure.sustained) break;
    best = figure;
  }
  return best;
}

async function finishAt(rate: number, seconds: number, bare: number): Promise<Figure> {
  return withServer({}, async (place) => {
    const hook = await hookOf(place, { name: "Pure", nodes: pureNodes, edges: pureEdges });
    const result = await runLoad({ ...common, ...hook, seconds, rate });
    const { sql, pair } = await place.foundation();
    const count = async (where: string) =>
      (await sql.read<{ n: number }>(`SELECT count(*) AS n FROM runs WHERE ${where}`))[0]?.n ?? 0;
    const [backlog, failed] = [
      await count("finished_at IS NULL"),
      await count("status NOT IN ('succeeded', 'queued', 'running')"),
    ];
    await pair.close();
    return {
      case: "ingest-finish",
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
export async function flowHttp(seconds: number): Promise<Figure> {
  const bare = await bareRoute(Math.min(seconds, 5));
  const port = await freePort();
  const upstream = await startScript("upstream.ts", [String(port)], "other");
  const figure = await withServer({ PATCHBAY_ALLOW_HTTP: `127.0.0.1:${port}` }, async (place, server) => {
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
  const hook = await hookOf(place, { name: "Pure", nodes: pureNodes, edges: pureEdges });
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

function ratio(value: number, baseline: number): number {
  return Number((value / baseline).toFixed(3));
}
