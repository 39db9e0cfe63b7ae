import { afterAll, beforeAll, expect, it } from "vitest";
import { Flow } from "../../shared/flow/flow.ts";
import type { FlowSettings } from "../../shared/flow/flow-settings.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import { validateFlow } from "../../shared/flow/validate-flow.ts";
import { node, startTestEngine, type TestEngine, testFlow } from "../testing/test-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

const forEach = (id: string, items: string): FlowNode => FlowNode.parse({ ...node.transform(id, null), kind: "for-each", items });
const inside = (parent: string, each: FlowNode): FlowNode => FlowNode.parse({ ...each, parent });

async function withSettings(settings: FlowSettings, nodes: FlowNode[], edges: string[]): Promise<string> {
  const flow = await engine.publish(nodes, edges);
  const document = JSON.stringify({ ...testFlow(nodes, edges), settings });
  const text = `UPDATE flow_versions SET document = $1 WHERE id = (SELECT published_version_id FROM flows WHERE id = $2)`;
  await engine.pair.sql.commit([{ text, params: [document, flow] }]);
  return flow;
}

it("a flow with a cycle is not published (E9)", () => {
  const flow = testFlow([node.start(), node.transform("a", 1), node.transform("b", 1)], ["start -> a", "a -> b", "b -> a"]);
  expect(validateFlow(flow)).toContainEqual(expect.objectContaining({ code: "cycle", severity: "error" }));
});

it("a flow of 10,000 nodes is refused with the limit (E9)", () => {
  const nodes = Array.from({ length: 10_000 }, (_, index) => node.transform(`n${index}`, 1));
  expect(Flow.safeParse({ schemaVersion: 1, nodes, edges: [] }).error?.issues[0]?.message).toBe("at most 2,000 nodes");
});

it("a loop over more items than can be held fails its step, and says how many there may be (E9)", async () => {
  const flow = await engine.publish(
    [node.start(), forEach("each", "{{trigger.body}}"), inside("each", node.transform("line", 1))],
    ["start -> each"],
  );
  const { error } = await engine.reaches(await engine.start(flow, Array<number>(250_001).fill(0)));
  expect(error).toMatchObject({ code: "invalid_input", node: "each", message: expect.stringContaining("at most 250,000") });
});

it("a run that uses up its steps is stopped, and the budget is named (E9)", async () => {
  const flow = await withSettings(
    { maxSteps: 150 },
    [node.start(), forEach("each", "{{= [1..1000] }}"), inside("each", node.transform("line", "{{item}}"))],
    ["start -> each"],
  );
  const view = await engine.reaches(await engine.start(flow));
  expect(view).toMatchObject({
    status: "failed",
    error: { code: "budget_exceeded", message: expect.stringContaining("maxSteps") },
  });
  expect(view.pureSteps).toBeLessThan(300);
});

it("a run that takes longer than it may is stopped while it waits, and the budget is named", async () => {
  const flow = await withSettings({ maxDurationMs: 60_000 }, [node.start(), node.delay("long", 600_000)], ["start -> long"]);
  const run = await engine.start(flow);
  await engine.reaches(run, "waiting");
  engine.advance(60_001);
  expect(await engine.reaches(run)).toMatchObject({
    status: "failed",
    error: { code: "budget_exceeded", message: expect.stringContaining("maxDurationMs") },
    steps: { long: { status: "canceled" } },
  });
});

it.each(['"; rm -rf /"', "../../x", "$(reboot)", "<script>alert(1)</script>"])("a step named %s is data (X9)", async (name) => {
  const flow = await engine.publish([node.start(), { ...node.transform("a", name), name }], ["start -> a"]);
  const run = await engine.start(flow);
  expect((await engine.reaches(run)).status).toBe("succeeded");
  expect(await engine.output(run, "a")).toBe(name);
});

it("a name of 300 characters is refused (X9)", () => {
  expect(FlowNode.safeParse({ ...node.transform("a", 1), name: "x".repeat(300) }).success).toBe(false);
});

it("fields and stored values named as what every object has are data (E8)", async () => {
  const names = ["__proto__", "constructor", "toString"];
  const body = Object.fromEntries(names.map((name) => [name, name]));
  const flow = await engine.publish(
    [
      node.start(),
      node.transform(
        "a",
        names.map((name) => `{{trigger.body["${name}"]}}`),
      ),
    ],
    ["start -> a"],
  );
  const run = await engine.start(flow, JSON.parse(JSON.stringify(body)));
  await engine.reaches(run);
  expect(await engine.output(run, "a")).toEqual([null, "constructor", "toString"].map((value, index) => value ?? names[index]));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
