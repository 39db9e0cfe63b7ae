import { setTimeout as passed } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { node, testConnector } from "../../runtime/testing/test-engine.ts";
import type { TestHook } from "../../runtime/testing/test-hook.ts";
import { publishHookFlow } from "../fixtures.ts";
import { post, sign } from "../sender.ts";
import { type CountingUpstream, startCountingUpstream } from "./counting-upstream.ts";
import { type ClusterNode, startTopology, type Topology } from "./topology.ts";
import { untilFinished } from "./until-finished.ts";

const upstreamMs = 300;
/** More calls of one worker to one API wait for a free connection. */
const connections = 256;
/** A worker is taken for dead three seconds after it was last seen, and looked for once a second. */
const takenOverWithinMs = 4_000;

let upstream: CountingUpstream;
let topology: Topology;
let hook: TestHook;

beforeAll(async () => {
  upstream = await startCountingUpstream(upstreamMs);
  const env = { PATCHBAY_ALLOW_HTTP: upstream.host, PATCHBAY_WORKER_SLOTS: String(2 * connections) };
  topology = await startTopology({ pair: "postgres", apis: 1, workers: 2, env });
  hook = await topology.beside((foundation) =>
    publishHookFlow(foundation, {
      name: "Two calls",
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [
        node.call("first", "keyed", { inputs: { value: "{{trigger.body.id}}" } }),
        node.call("second", "idempotent", { inputs: { value: "{{trigger.body.id}}" } }),
      ],
      edges: ["event -> first", "first -> second"],
    }),
  );
});
afterAll(async () => {
  await topology?.close();
  await upstream?.close();
});

it("takes nothing from a worker that was stopped in the middle of a call, once another has finished its run", async () => {
  const { holder, other } = await oneAlone();
  const answer = upstream.hold();
  const run = await send("held");
  await upstream.arrived("keyed", "held", 1);
  await other.start();

  const stoppedAt = performance.now();
  holder.stop();
  await upstream.arrived("keyed", "held", 2);
  const takenOverMs = performance.now() - stoppedAt;
  answer();
  await topology.beside(({ sql }) => untilFinished(sql, 10_000));
  const finishedMs = performance.now() - stoppedAt;
  process.stdout.write(`zombie: taken over after ${Math.round(takenOverMs)} ms, finished after ${Math.round(finishedMs)} ms\n`);
  expect(takenOverMs).toBeLessThanOrEqual(takenOverWithinMs);
  const before = await everythingOf(run);

  // By now the answer to its own call waits for it as well.
  holder.goOn();
  // It has to carry the next one on alone: whatever it had left to do for the first one, it does before that.
  await other.end();
  const next = await send("next");
  await topology.beside(({ sql }) => untilFinished(sql, 15_000));
  expect((await everythingOf(next)).run).toMatchObject({ status: "succeeded" });
  expect(holder.isAsLeft()).toBe(true);

  expect(await everythingOf(run)).toEqual(before);
  expect(before.run).toMatchObject({ status: "succeeded", owner: null });
  expect(before.entries.filter((entry) => entry.includes('"run-resumed"'))).toHaveLength(1);
  const keys = upstream.arrivals("keyed", "held").map(({ key }) => key);
  expect(keys).toEqual([`${run}/first/1`, `${run}/first/1`]);
  expect(upstream.arrivals("idempotent", "held")).toHaveLength(1);
  expect(upstream.arrivals("keyed", "next")).toHaveLength(1);
  expect(upstream.arrivals("idempotent", "next")).toHaveLength(1);
});

it("sends nothing that was waiting for a free connection when its worker was stopped, once another has sent it", async () => {
  const { holder, other } = await oneAlone();
  const answer = upstream.hold();
  const first = Array.from({ length: connections }, (_, index) => `sent_${index}`);
  await Promise.all(first.map(send));
  await Promise.all(first.map((id) => upstream.arrived("keyed", id, 1)));
  const waiting = ["waiting_1", "waiting_2", "waiting_3"];
  const runs = await Promise.all(waiting.map(send));
  await until(async () => (await Promise.all(runs.map((run) => has(run, "attempt-started")))).every(Boolean));
  expect(waiting.flatMap((id) => upstream.arrivals("keyed", id))).toEqual([]);

  await other.start();
  holder.stop();
  await until(async () => (await Promise.all(runs.map((run) => has(run, "run-resumed")))).every(Boolean));
  answer();
  await topology.beside(({ sql }) => untilFinished(sql, 30_000));
  // Its connections have all got their answers meanwhile: they are free for what waits. And nobody tells it that it was taken for
  // dead, since the database is away just then.
  const back = topology.postgres?.crash();
  await passed(50);
  holder.goOn();
  await back;
  await other.end();
  await send("after");
  await topology.beside(({ sql }) => untilFinished(sql, 15_000));
  expect(waiting.map((id) => upstream.arrivals("keyed", id).length)).toEqual([1, 1, 1]);
  expect(first.filter((id) => upstream.arrivals("keyed", id).length > 2)).toEqual([]);
  expect(first.filter((id) => upstream.arrivals("idempotent", id).length !== 1)).toEqual([]);
});

/** Two workers, of which one runs, so that it is known who holds what comes next. */
async function oneAlone(): Promise<{ holder: ClusterNode; other: ClusterNode }> {
  const [holder, other] = topology.workers;
  if (!holder || !other) throw new TypeError("two workers were started");
  await other.end();
  return { holder, other };
}

async function send(id: string): Promise<string> {
  const answer = await post(`${topology.takers[0]?.url}/hooks/${hook.hook}`, sign(hook.secret, id, { id }));
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.text) as { run: string }).run;
}

/** The run's row and its journal as they are on disk. */
function everythingOf(run: string) {
  return topology.beside(async ({ sql }) => {
    const [row] = await sql.read(`SELECT * FROM runs WHERE id = $1`, [run]);
    const entries = await sql.read<{ entry: string }>(`SELECT entry FROM journal WHERE run_id = $1 ORDER BY number`, [run]);
    return { run: row, entries: entries.map(({ entry }) => entry) };
  });
}

function has(run: string, kind: string): Promise<boolean> {
  return topology.beside(async ({ pair }) =>
    (await pair.engine.journal(run, 0, { bare: true })).some(({ entry }) => entry.kind === kind),
  );
}

async function until(reached: () => Promise<boolean>): Promise<void> {
  const endAt = performance.now() + 30_000;
  while (!(await reached())) {
    expect(performance.now()).toBeLessThan(endAt);
    await passed(100);
  }
}
