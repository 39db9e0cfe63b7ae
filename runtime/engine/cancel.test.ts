import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { node, startTestEngine, type TestEngine } from "../testing/test-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

const step = (kind: string, id: string, more: Record<string, Json> = {}): FlowNode =>
  FlowNode.parse({ id, name: id, kind, position: { x: 0, y: 0 }, ...more });
const inside = (parent: string, each: FlowNode): FlowNode => FlowNode.parse({ ...each, parent });
const cancel = (run: string) => engine.pair.engine.signal(run, { kind: "cancel", by: "ada" });

describe("a cancel ends", () => {
  it("a run that nobody has begun", async () => {
    const flow = await engine.publish([node.start(), node.transform("shape", 1)], ["start -> shape"]);
    const open = engine.holdClaims();
    const run = await engine.start(flow);
    await cancel(run);
    open();
    expect(await engine.reaches(run)).toMatchObject({ status: "canceled", steps: { shape: { status: "skipped" } } });
  });

  it("a run in the middle of a call", async () => {
    const flow = await engine.publish([node.start(), node.call("ask", "unsafe")], ["start -> ask"]);
    const count = engine.upstream.requests.length;
    engine.upstream.next({ hang: true });
    const run = await engine.start(flow);
    await engine.upstream.received(count + 1);
    await cancel(run);
    expect(await engine.reaches(run)).toMatchObject({ status: "canceled", steps: { ask: { status: "canceled" } } });
  });

  it.each([
    ["delay", { delayMs: 60_000 }],
    ["wait", { deadlineMs: 60_000 }],
    ["approval", { title: "Well?", deadlineMs: 60_000 }],
  ])("a run inside a try inside a loop that waits for its %s", async (kind, more) => {
    const nodes = [
      step("for-each", "each", { items: [1, 2], concurrency: 2 }),
      inside("each", step("try", "attempt")),
      inside("attempt", step(kind, "late", more)),
    ];
    const run = await engine.start(await engine.publish([node.start(), ...nodes], ["start -> each"]));
    await engine.reaches(run, "waiting");
    await cancel(run);
    const view = await engine.reaches(run);
    expect(view).toMatchObject({ status: "canceled", steps: { each: { status: "canceled" } } });
    expect(view.open.size).toBe(0);
  });

  it("a run that waits for another one, and that one, and the one below it", async () => {
    const lowest = await engine.publish([node.start(), node.delay("pause", 60_000)], ["start -> pause"]);
    const middle = await engine.publish([node.start(), step("sub-flow", "sub", { flow: lowest, input: {} })], ["start -> sub"]);
    const top = await engine.publish([node.start(), step("sub-flow", "sub", { flow: middle, input: {} })], ["start -> sub"]);
    const run = await engine.start(top);
    await engine.reaches(run, "waiting");
    const child = (await engine.view(run)).steps.sub?.child?.run ?? "";
    await engine.reaches(child, "waiting");
    const grandchild = (await engine.view(child)).steps.sub?.child?.run ?? "";
    await engine.reaches(grandchild, "waiting");
    await cancel(run);
    const ended = await Promise.all([run, child, grandchild].map((each) => engine.reaches(each)));
    expect(ended.map(({ status }) => status)).toEqual(["canceled", "canceled", "canceled"]);
  });
});
