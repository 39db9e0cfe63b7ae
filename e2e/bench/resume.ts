import { setTimeout as passed } from "node:timers/promises";
import type { Sql } from "../../runtime/store/sql.ts";
import { node, testConnector } from "../../runtime/testing/test-engine.ts";
import { AppError } from "../../shared/app-error.ts";
import { startCountingUpstream } from "../crash/counting-upstream.ts";
import { type ClusterNode, startTopology, type Topology } from "../crash/topology.ts";
import { untilFinished } from "../crash/until-finished.ts";
import { publishHookFlow } from "../fixtures.ts";
import { post, sign } from "../sender.ts";
import { type Figure, percentile } from "./figure.ts";
import type { PairName } from "./product.ts";

const kills = 20;
const runsAtOnce = 20;
const withinMs = 15_000;

/**
 * From the SIGKILL of a worker in the middle of its calls until all its runs go on in another process: on Postgres in the worker that
 * is left, on the embedded pair in the same server, started again at once. Read from the journals; the value is the median of kills.
 */
export async function resume(pair: PairName): Promise<Figure> {
  const upstream = await startCountingUpstream(0);
  const topology = await startTopology({ pair, apis: 1, workers: 2, env: { PATCHBAY_ALLOW_HTTP: upstream.host } });
  const { hook, secret } = await topology.beside((foundation) =>
    publishHookFlow(foundation, {
      name: "One call",
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [node.call("first", "keyed", { inputs: { value: "{{trigger.body.id}}" } })],
      edges: ["event -> first"],
    }),
  );
  const times: number[] = [];
  await topology.beside(async ({ sql }) => {
    for (let kill = 0; times.length < kills && kill < 2 * kills; kill += 1) {
      const answer = upstream.hold();
      const ids = Array.from({ length: runsAtOnce }, (_, index) => `event_${kill}_${index}`);
      for (const id of ids) await post(`${topology.takers[0]?.url}/hooks/${hook}`, sign(secret, id, { id }));
      await Promise.all(ids.map((id) => upstream.arrived("keyed", id, 1)));
      const time = await killOne(topology, sql, kill);
      if (time !== null) times.push(time);
      answer();
      if ((await untilFinished(sql, withinMs)) > 0) throw new AppError("internal", "runs were not finished after a kill");
    }
  });
  await topology.close();
  await upstream.close();
  return {
    case: "resume",
    pair,
    unit: "ms from kill to the last run resumed (p50)",
    value: Math.round(percentile(times, 0.5)),
    baseline: null,
    ratio: null,
    p50Ms: Math.round(percentile(times, 0.5)),
    p99Ms: null,
    maxMs: Math.round(percentile(times, 1)),
    kills: times.length,
  };
}

/** Kills the workers in turn; milliseconds until all that it held was resumed. Null, and no kill, where not each of them holds something. */
async function killOne({ workers }: Topology, sql: Sql, kill: number): Promise<number | null> {
  const victim = workers[kill % workers.length] as ClusterNode;
  const before = await sql.read<Held>(`SELECT id, owner FROM runs WHERE finished_at IS NULL`);
  if (new Set(before.map(({ owner }) => owner)).size < workers.length) return null;
  const killedAt = Date.now();
  await victim.kill();
  const alone = workers.length === 1;
  if (alone) await victim.start();
  const times = await untilResumed(sql, before);
  if (!alone) await victim.start();
  return Math.max(...times) - killedAt;
}

type Held = { id: string; owner: string };

/** When (ms) each run of the dead worker went on; whose they were is seen from the first that does. */
async function untilResumed(sql: Sql, before: Held[]): Promise<number[]> {
  const oldest = before.map(({ id }) => id).sort()[0] ?? "";
  const endAt = performance.now() + withinMs;
  for (;;) {
    const entries = await sql.read<{ run: string; entry: string }>(
      `SELECT run_id AS run, entry FROM journal WHERE run_id >= $1 AND entry LIKE '%"kind":"run-resumed"%'`,
      [oldest],
    );
    const resumed = new Map(entries.map(({ run, entry }) => [run, (JSON.parse(entry) as { at: number }).at]));
    const dead = before.find(({ id }) => resumed.has(id))?.owner;
    const lost = before.filter(({ owner }) => owner === dead);
    if (lost.length > 0 && lost.every(({ id }) => resumed.has(id))) return lost.map(({ id }) => resumed.get(id) ?? 0);
    if (performance.now() > endAt)
      throw new AppError("internal", `of ${lost.length} runs ${resumed.size} were resumed within ${withinMs} ms`);
    await passed(50);
  }
}
