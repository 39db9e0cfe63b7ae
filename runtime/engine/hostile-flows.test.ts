import { afterAll, beforeAll, expect, it } from "vitest";
import { Flow } from "../../shared/flow/flow.ts";
import type { FlowSettings } from "../../shared/flow/flow-settings.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import { validateFlow } from "../../shared/flow/validate-flow.ts";
import { node, startTestEngine, type TestEngine, testFlow } from "../testing/test-engine.ts";
import type { HeldRun } from "./held-run.ts";
import { jsonSize } from "./json-size.ts";
import { budgetProblem } from "./run-budget.ts";

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

it("what names one large thing again and again fails its step before it is written", async () => {
  const many = Array.from({ length: 70 }, () => "{{trigger.body}}");
  const flow = await engine.publish([node.start(), node.transform("a", many)], ["start -> a"]);
  const view = await engine.reaches(await engine.start(flow, ["x".repeat(500_000)]));
  expect(view.error).toMatchObject({ code: "value_too_large", node: "a", message: expect.stringContaining("32 MB") });
  expect(view.steps.a?.outputEntry).toBeNull();
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

it("a run whose values have become too many to be held is stopped, and the budget is named (X7)", () => {
  const held = (bytes: number) =>
    ({
      version: { flow: {} },
      steps: 1,
      journal: { size: () => bytes, view: { startedAt: null } },
      deps: { clock: () => 0 },
    }) as unknown as HeldRun;
  expect(budgetProblem(held(100_000_000))).toBeNull();
  expect(budgetProblem(held(100_000_001))).toMatchObject({ code: "budget_exceeded", message: expect.stringContaining("100 MB") });
  const values = ["text", { a: [1234, true, null], "long key": {} }, [], Array.from({ length: 50 }, () => "x".repeat(99))];
  for (const value of values) expect(Math.abs(jsonSize(value) - JSON.stringify(value).length)).toBeLessThan(12);
});

it("iterations that give much are written in smaller pieces", async () => {
  const items = [1, 2, 3].map((n) => `${n}`.repeat(3_000_000));
  const flow = await engine.publish(
    [node.start(), forEach("each", "{{trigger.body.items}}"), inside("each", node.transform("same", "{{item}}"))],
    ["start -> each"],
  );
  const run = await engine.start(flow, { items });
  expect((await engine.reaches(run)).status).toBe("succeeded");
  const chunks = (await engine.entries(run)).flatMap((entry) => (entry.kind === "iterations-finished" ? entry.count : []));
  expect(chunks).toEqual([2, 1]);
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

it.each([
  ["a value that outlives the run", { kind: "key-value", operation: "put", value: 1 }],
  ["once per key", { kind: "once" }],
])("a NUL character in a key is said to be one, and is no fault of ours: %s (I8)", async (_, more) => {
  const flow = await engine.publish(
    [node.start(), FlowNode.parse({ ...node.transform("a", null), key: "{{trigger.body.key}}", ...more })],
    ["start -> a"],
  );
  const view = await engine.reaches(await engine.start(flow, { key: "a\0b" }));
  expect(view.error).toMatchObject({ code: "invalid_input", message: "key has a NUL character in it" });
  const counted = await withSettings(
    { concurrency: { limit: 1, key: "{{trigger.body.key}}", whenFull: "queue" } },
    [node.start(), node.transform("a", 1)],
    ["start -> a"],
  );
  const { error } = await engine.reaches(await engine.start(counted, { key: "a\0b" }));
  expect(error).toMatchObject({ code: "invalid_input", message: expect.stringContaining("NUL") });
});

it("a NUL character makes no key of a wait, so that no event is refused for it (I8)", async () => {
  const correlation = { key: "{{trigger.body.key}}", trigger: "start", path: "key" };
  const wait = FlowNode.parse({ ...node.start(), id: "a", kind: "wait", deadlineMs: 1_000, correlation });
  const flow = await engine.publish([node.start(), wait], ["start -> a"]);
  const runs = [await engine.start(flow, { key: "a\0b" }), await engine.start(flow, { key: "a\0b" })];
  for (const run of runs) expect((await engine.reaches(run, "waiting")).status).toBe("waiting");
});
