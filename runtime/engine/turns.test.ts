import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Concurrency } from "../../shared/flow/flow-settings.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { publishFlow } from "../flows/publish-flow.ts";
import { createIds } from "../ids.ts";
import { node, startTestEngine, type TestEngine, testFlow } from "../testing/test-engine.ts";
import { createTurns, type Turns } from "./turns.ts";

const hourMs = 3_600_000;
let engine: TestEngine;
let turns: Turns;
beforeAll(async () => {
  engine = await startTestEngine();
  turns = createTurns(engine.pair);
});
afterAll(() => engine.close());

const pause = [node.start(), node.delay("pause", hourMs)];

/** Publishes a flow that waits an hour, so many runs of which go on at a time. */
async function publish(
  concurrency: Partial<Concurrency>,
  nodes: FlowNode[] = pause,
  edges: string[] = ["start -> pause"],
): Promise<string> {
  const flow = await engine.publish(nodes, edges);
  const deps = { sql: engine.pair.sql, ids: createIds(engine.clock), clock: engine.clock };
  const settings = { concurrency: Concurrency.parse({ limit: 1, ...concurrency }) };
  await publishFlow(deps, { workspace: "wsp_test", flow, document: { ...testFlow(nodes, edges), settings } });
  return flow;
}
async function start(flow: string, status: "waiting" | "queued", body?: Json): Promise<string> {
  const run = await engine.start(flow, body);
  // Before it has asked it is queued as well.
  if (status === "queued") await hears(run, async () => (await engine.view(run)).awaitsTurn !== null);
  else await engine.reaches(run, status);
  return run;
}
/** Settles when that is so, which is looked at whenever something is said of the run. */
function hears(run: string, isSo: () => Promise<boolean>): Promise<void> {
  return new Promise((resolve) => {
    const look = async () => {
      if (!(await isSo())) return;
      off();
      resolve();
    };
    const off = engine.pair.bus.subscribeRun(run, () => void look());
    void look();
  });
}
const cancel = (run: string) => engine.pair.engine.signal(run, { kind: "cancel", by: "ada" });
const state = async (run: string) => (await engine.pair.engine.state(run))?.status;

describe("runs of a flow with a limit", () => {
  it("go on so many at a time, the others in their order as places become free", async () => {
    const flow = await publish({ limit: 2 });
    const going = [await start(flow, "waiting"), await start(flow, "waiting")];
    const queued = [await start(flow, "queued"), await start(flow, "queued"), await start(flow, "queued")];
    expect(engine.worker.active).toBe(0);
    await cancel(going[1] ?? "");
    await engine.reaches(queued[0] ?? "", "waiting");
    expect(await Promise.all(queued.map(state))).toEqual(["waiting", "queued", "queued"]);
    engine.advance(hourMs);
    await Promise.all([engine.reaches(going[0] ?? "", "succeeded"), engine.reaches(queued[0] ?? "", "succeeded")]);
    await Promise.all([engine.reaches(queued[1] ?? "", "waiting"), engine.reaches(queued[2] ?? "", "waiting")]);
    expect(await engine.entries(queued[2] ?? "")).toMatchObject([
      { kind: "run-started" },
      { kind: "step-succeeded" },
      { kind: "turn-awaited", limit: 2 },
      { kind: "turn-taken" },
      { kind: "step-waiting" },
    ]);
  });

  it("are counted by their key", async () => {
    const flow = await publish({ key: "{{trigger.body.of}}" });
    const one = await start(flow, "waiting", { of: "a" });
    const other = await start(flow, "waiting", { of: "b" });
    const behind = await start(flow, "queued", { of: "a" });
    await cancel(other);
    await engine.reaches(other, "canceled");
    expect(await state(behind)).toBe("queued");
    await cancel(one);
    await engine.reaches(behind, "waiting");
  });

  it("that wait are canceled like others, and take no place", async () => {
    const flow = await publish({});
    const going = await start(flow, "waiting");
    const [canceled, next] = [await start(flow, "queued"), await start(flow, "queued")];
    await cancel(canceled);
    expect((await engine.reaches(canceled)).status).toBe("canceled");
    expect(await state(next)).toBe("queued");
    await cancel(going);
    await engine.reaches(next, "waiting");
  });

  it("end as canceled with a reason where the flow drops what comes then", async () => {
    const flow = await publish({ whenFull: "drop", limit: 1 });
    await start(flow, "waiting");
    const view = await engine.reaches(await engine.start(flow));
    expect(view).toMatchObject({ status: "canceled", error: { code: "too_many_runs" }, steps: { pause: { status: "skipped" } } });
    const [row] = await engine.pair.sql.read<{ error: string }>(
      "SELECT error FROM runs WHERE flow_id = $1 AND status = 'canceled'",
      [flow],
    );
    expect(row?.error).toContain("another run of this flow was going on");
  });

  it("displace the oldest where the flow says so", async () => {
    const flow = await publish({ whenFull: "cancel-oldest", limit: 2 });
    const [oldest, older] = [await start(flow, "waiting"), await start(flow, "waiting")];
    const newest = await engine.start(flow);
    await engine.reaches(newest, "waiting");
    expect(await engine.reaches(oldest)).toMatchObject({ status: "canceled", error: { code: "displaced" } });
    expect(await state(older)).toBe("waiting");
    expect((await engine.entries(oldest)).find(({ kind }) => kind === "cancel-requested")).toMatchObject({ by: "concurrency" });
  });

  it("that steps of the same flow start are never counted, so nobody waits for oneself", async () => {
    const flow = await publish({});
    const nodes = [
      node.start(),
      node.branch("again", "{{trigger.body.again}}", true),
      FlowNode.parse({ id: "sub", name: "sub", kind: "sub-flow", flow, input: {}, position: { x: 0, y: 0 } }),
    ];
    const deps = { sql: engine.pair.sql, ids: createIds(engine.clock), clock: engine.clock };
    const document = testFlow(nodes, ["start -> again", "again:true -> sub"]);
    const settings = { concurrency: Concurrency.parse({ limit: 1 }) };
    await publishFlow(deps, { workspace: "wsp_test", flow, document: { ...document, settings } });
    const view = await engine.reaches(await engine.start(flow, { again: true }));
    expect(view).toMatchObject({ status: "succeeded", steps: { sub: { status: "succeeded" } } });
  });

  it("are woken by the sweep when a process ended before it did, and their rows are cleared away", async () => {
    const flow = await publish({});
    const going = await start(flow, "waiting");
    const queued = await start(flow, "queued");
    // As if the process had ended right after the commit that ends the run.
    const { sql } = engine.pair;
    await sql.commit([
      { text: "UPDATE runs SET status = 'canceled', finished_at = 1, wake_at = NULL WHERE id = $1", params: [going] },
    ]);
    expect(await turns.sweep()).toBeGreaterThan(0);
    await engine.reaches(queued, "waiting");
    expect(await turns.of(going)).toBeNull();
    // As if it had ended between the place that was given and the wake.
    const late = await start(flow, "queued");
    await sql.commit([{ text: "UPDATE run_turns SET going = 1 WHERE run_id = $1", params: [late] }]);
    await turns.sweep();
    await engine.reaches(late, "waiting");
  });

  it("fail where their key is too long", async () => {
    const flow = await publish({ key: "{{trigger.body.of}}" });
    const view = await engine.reaches(await engine.start(flow, { of: "x".repeat(1_001) }));
    expect(view).toMatchObject({ status: "failed", error: { message: expect.stringContaining("1000 are the most") } });
  });

  it("never are more than the limit, however many come at a time", async () => {
    const flow = await publish({ limit: 3 });
    const runs = await Promise.all(Array.from({ length: 25 }, () => engine.start(flow)));
    let going = 0;
    let most = 0;
    // Each that goes on is canceled, and makes place for the next.
    await Promise.all(
      runs.map(async (run) => {
        await engine.reaches(run, "waiting");
        going += 1;
        most = Math.max(most, going);
        await nextTurn();
        going -= 1;
        await cancel(run);
        await engine.reaches(run, "canceled");
      }),
    );
    expect(most).toBeLessThanOrEqual(3);
  });
});
