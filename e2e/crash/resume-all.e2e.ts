import { setTimeout as passed } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Sql } from "../../runtime/store/sql.ts";
import { node, testConnector } from "../../runtime/testing/test-engine.ts";
import { publishHookFlow } from "../fixtures.ts";
import { post, sign } from "../sender.ts";
import { startCountingUpstream } from "./counting-upstream.ts";
import { type PairName, startTopology } from "./topology.ts";
import { untilFinished } from "./until-finished.ts";

const full = process.env.PATCHBAY_FULL === "1";
const runs = full ? 10_000 : 2_000;
const pairs: PairName[] = full ? ["embedded", "postgres"] : ["embedded"];

it.each(pairs)(
  `goes on with all of ${runs} runs that were in flight when the %s pair was killed, and with none of them twice`,
  { timeout: 400_000 },
  async (pair) => {
    const upstream = await startCountingUpstream(0);
    const env = { PATCHBAY_ALLOW_HTTP: upstream.host, PATCHBAY_WORKER_SLOTS: String(runs) };
    const topology = await startTopology({ pair, apis: 1, workers: 1, env });
    const { hook, secret } = await topology.beside((foundation) =>
      publishHookFlow(foundation, {
        name: "One call",
        connector: { ...testConnector, baseUrl: upstream.url },
        // Longer than the test: a call whose answer is withheld must not be given up and made again meanwhile.
        nodes: [node.call("first", "keyed", { inputs: { value: "{{trigger.body.id}}" }, timeoutMs: 300_000 })],
        edges: ["event -> first"],
      }),
    );
    const ids = Array.from({ length: runs }, (_, index) => `event_${index}`);
    const answer = upstream.hold();
    const unsent = ids.values();
    const lane = async () => {
      for (const id of unsent)
        expect((await post(`${topology.takers[0]?.url}/hooks/${hook}`, sign(secret, id, { id }))).status).toBe(200);
    };
    await Promise.all(Array.from({ length: 32 }, lane));

    await topology.beside(async ({ sql }) => {
      // Every run has said what it will send; those whose turn on the wire has come wait for their answers.
      await untilCounted(sql, "attempt-started", runs);
      const killedAt = performance.now();
      await Promise.all(topology.workers.map((worker) => worker.kill()));
      await Promise.all(topology.workers.map((worker) => worker.start()));
      const startedMs = Math.round(performance.now() - killedAt);
      await untilCounted(sql, "run-resumed", runs);
      const resumedMs = Math.round(performance.now() - killedAt);
      answer();
      expect(await untilFinished(sql, 120_000)).toBe(0);
      process.stdout.write(
        `resume-all: ${JSON.stringify({ pair, runs, startedMs, resumedMs, finishedMs: Math.round(performance.now() - killedAt) })}\n`,
      );

      expect(await sql.read(`SELECT status, count(*) AS n FROM runs GROUP BY status`)).toEqual([
        { status: "succeeded", n: runs },
      ]);
      // Once each: nobody resumed what another had resumed, and nothing was begun a third time.
      expect(await count(sql, "run-resumed")).toBe(runs);
      expect(await count(sql, "attempt-started")).toBe(2 * runs);
      expect(await count(sql, "run-finished")).toBe(runs);
    });
    const arrivals = ids.map((id) => upstream.arrivals("keyed", id));
    expect(arrivals.filter((list) => list.length < 1 || list.length > 2)).toEqual([]);
    expect(arrivals.filter((list) => new Set(list.map(({ key }) => key)).size > 1)).toEqual([]);
    await topology.close();
    await upstream.close();
  },
);

async function count(sql: Sql, kind: string): Promise<number> {
  const [row] = await sql.list<{ n: number }>(`SELECT count(*) AS n FROM journal WHERE entry LIKE $1`, [`%"kind":"${kind}"%`]);
  return row?.n ?? 0;
}

async function untilCounted(sql: Sql, kind: string, wanted: number): Promise<void> {
  const endAt = performance.now() + 120_000;
  for (;;) {
    const counted = await count(sql, kind);
    if (counted === wanted) return;
    if (counted > wanted || performance.now() > endAt) throw new Error(`${counted} times ${kind}, not ${wanted}`);
    await passed(50);
  }
}
