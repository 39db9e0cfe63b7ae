import { afterAll, beforeAll, expect, it } from "vitest";
import { WaitNode } from "../../shared/flow/wait-node.ts";
import { node, startTestEngine, type TestEngine } from "../testing/test-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

const minuteMs = 60_000;
const correlation = { key: "A-1", trigger: "start", path: "order" };
const wait = WaitNode.parse({ ...node.start(), id: "paid", kind: "wait", deadlineMs: minuteMs, correlation });

it("an event that comes in time is not lost when its run is passing the deadline by just then", async () => {
  const flow = await engine.publish([node.start(), wait, node.transform("none", 1)], ["start -> paid", "paid:timeout -> none"]);
  const run = await engine.start(flow);
  await engine.reaches(run, "waiting");
  const { pair, clock } = engine;
  const receivedAt = clock() + minuteMs - 1;
  // The deadline is noted down, and not on disk yet.
  const letGo = engine.holdWrites();
  engine.advance(minuteMs);
  const claimed = async () => (await pair.sql.read(`SELECT 1 FROM runs WHERE id = $1 AND owner IS NOT NULL`, [run])).length === 1;
  while (!(await claimed())) await new Promise(setImmediate);
  const [version] = await pair.sql.read<{ id: string }>(`SELECT published_version_id AS id FROM flows WHERE id = $1`, [flow]);
  const event = {
    ...{ id: "evt_late", workspace: "wsp_test", source: "webhook" as const, hook: null, flow, node: "start", receivedAt },
    ...{ method: "POST", headers: "{}", query: "{}", contentType: null, body: Buffer.from('{"order":"A-1"}'), dedupe: null },
    correlations: [{ path: "order", key: "A-1" }],
  };
  const came = await pair.engine.ingest(event, [{ id: "run_none", flowVersion: version?.id ?? "", trigger: "start" }]);
  expect(came).toMatchObject({ outcome: "accepted", runs: [run], resumed: true });
  letGo();
  const view = await engine.reaches(run);
  const received = view.steps.paid?.received?.by === "evt_late";
  const released = await pair.engine.release(flow, version?.id ?? "", 10);
  // Which of the two it is depends on who is faster; it is one of them.
  expect(released).toMatchObject({ outcome: "released", runs: received ? [] : [expect.any(String)] });
  expect(received).toBe(view.steps.none?.status !== "succeeded");
});
