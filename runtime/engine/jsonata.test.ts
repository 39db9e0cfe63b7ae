import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Condition } from "../../shared/flow/condition.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { node, startTestEngine, type TestEngine } from "../testing/test-engine.ts";

const at = { position: { x: 0, y: 0 } };
const items = [
  { sku: "a", price: 2 },
  { sku: "b", price: 3 },
];
let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

async function run(nodes: FlowNode[], edges: string[], body: Json = { items }) {
  const flow = await engine.publish([node.start(), ...nodes], edges);
  const id = await engine.start(flow, body);
  return { id, view: await engine.reaches(id) };
}

describe("a JSONata expression", () => {
  it("reads the trigger and earlier steps, and gives the output of a transform", async () => {
    const nodes = [
      node.transform("total-price", "{{= $sum(trigger.body.items.price) }}"),
      node.transform("order", {
        total: "{{= steps.`total-price`.output * 2 }}",
        first: "{{trigger.body.items[0].sku}}",
        none: "{{= trigger.body.missing }}",
        status: "{{= $lookup(steps, 'total-price').status }}",
      }),
    ];
    const { id, view } = await run(nodes, ["start -> total-price", "total-price -> order"]);
    expect(view).toMatchObject({ status: "succeeded" });
    expect(await engine.output(id, "order")).toEqual({ total: 10, first: "a", status: "succeeded" });
  });

  // With a delay inside each iteration is journaled by itself; without one many are in one entry.
  it.each<[string, FlowNode[]]>([
    ["journaled by themselves", [node.delay("pause", 0)]],
    ["in chunks", []],
  ])("reads the loops around it as a template does, in iterations %s", async (_, more) => {
    const loop = (id: string, list: Json, parent?: string) =>
      FlowNode.parse({ ...at, id, name: id, kind: "for-each", items: list, ...(parent && { parent }) });
    const said = {
      template: ["{{steps.rows.item.sku}}", "{{steps.rows.index}}", "{{steps.cells.item}}", "{{item}}", "{{index}}"],
      named: "{{= [steps.rows.item.sku, steps.rows.index, steps.cells.item, item, index] }}",
      looked: "{{= ($of := $lookup(steps, 'rows'); [$of.item.sku, $of.index, $lookup(steps, 'cells').item, item, index]) }}",
      // Of steps that are no loops around it there is no item.
      none: "{{= [$lookup(steps, 'list').item, $lookup(steps, 'cells').output, $lookup(steps, 'rows').status] }}",
    };
    const nodes = [node.transform("list", [[1, 2]]), loop("rows", "{{trigger.body.items}}"), loop("cells", [7, 8], "rows")];
    const inner = [node.transform("cell", said), ...more].map((each) => FlowNode.parse({ ...each, parent: "cells" }));
    const { id, view } = await run([...nodes, ...inner], ["start -> list", "list -> rows", ...more.map(() => "pause -> cell")]);
    expect(view).toMatchObject({ status: "succeeded" });
    const { results } = (await engine.output(id, "rows")) as { results: { results: Json[] }[] };
    const cell = (sku: string, row: number, item: number, index: number) => {
      const seen = [sku, row, item, item, index];
      return { template: seen, named: seen, looked: seen, none: [] };
    };
    expect(results.map((row) => row.results)).toEqual([
      [cell("a", 0, 7, 0), cell("a", 0, 8, 1)],
      [cell("b", 1, 7, 0), cell("b", 1, 8, 1)],
    ]);
  });

  it("knows the URL of a step that waits beside it", async () => {
    const wait = FlowNode.parse({ ...at, id: "call", name: "Call", kind: "wait", deadlineMs: 60_000 });
    const told = node.transform("told", { named: "{{= steps.call.url }}", looked: "{{= $lookup(steps, 'call').url }}" });
    const flow = await engine.publish([node.start(), told, wait], ["start -> told", "told -> call"]);
    const id = await engine.start(flow, {});
    await engine.reaches(id, "waiting");
    const { named, looked } = (await engine.output(id, "told")) as { named: string; looked: string };
    expect(named).toMatch(/^https:\/\/patchbay\.example\/w\//);
    expect(looked).toBe(named);
  });

  it("gives the inputs of a call", async () => {
    engine.upstream.next({ status: 200, body: { ok: true } });
    const call = node.call("send", "unsafe", { inputs: { value: "{{= $join(trigger.body.items.sku, '-') }}" } });
    const { view } = await run([call], ["start -> send"]);
    expect(view).toMatchObject({ status: "succeeded" });
    expect(engine.upstream.requests.at(-1)).toMatchObject({ body: { value: "a-b" } });
  });

  it("decides branches and switches, whose later cases are not looked at", async () => {
    const more = (limit: number): Condition => ({
      left: "{{= $count(trigger.body.items) }}",
      operator: "greater-than",
      right: limit,
    });
    const broken: Condition = { left: "{{= $error('never looked at') }}", operator: "exists" };
    const branch: FlowNode = { ...at, id: "many", name: "Many", kind: "branch", match: "all", conditions: [more(1)] };
    const route: FlowNode = {
      ...at,
      id: "route",
      name: "Route",
      kind: "switch",
      cases: [
        { port: "huge", name: "Huge", match: "all", conditions: [more(5)] },
        { port: "some", name: "Some", match: "all", conditions: [more(1)] },
        { port: "broken", name: "Broken", match: "all", conditions: [broken] },
      ],
    };
    const { id, view } = await run(
      [branch, route, node.transform("end", 1)],
      ["start -> many", "many:true -> route", "route:some -> end"],
    );
    expect(view).toMatchObject({ status: "succeeded", steps: { end: { status: "succeeded" } } });
    expect(await engine.output(id, "route")).toEqual({ case: "Some" });
  });

  it("gives delays and answers", async () => {
    const wait = node.delay("wait", "{{= trigger.body.items[0].price - 2 }}");
    const respond: FlowNode = {
      ...at,
      id: "answer",
      name: "Answer",
      kind: "respond",
      status: 201,
      headers: { "X-Count": "{{= $count(trigger.body.items) }}" },
      body: "{{= trigger.body.items.sku }}",
    };
    const { id, view } = await run([wait, respond], ["start -> wait", "wait -> answer"]);
    expect(view).toMatchObject({ status: "succeeded", answer: expect.anything() });
    const records = await engine.pair.engine.journal(id, 0, { bare: false });
    expect(records.find(({ entry }) => entry.kind === "run-answered")?.values.output).toEqual({
      status: 201,
      headers: { "X-Count": "2" },
      body: ["a", "b"],
    });
  });

  it("that cannot be evaluated fails its step with the message and the position, and the error port takes it", async () => {
    const nodes = [
      node.transform("sum", "{{= trigger.body.items.sku + 1 }}"),
      node.transform("after", "{{steps.sum.error.message}}"),
    ];
    const { id, view } = await run(nodes, ["start -> sum", "sum:error -> after"]);
    expect(view).toMatchObject({
      status: "succeeded",
      steps: { sum: { status: "failed", error: { code: "expression_failed" } } },
    });
    expect(await engine.output(id, "after")).toBe(
      `the expression {{= trigger.body.items.sku + 1 }} cannot be evaluated: The left side of the "+" operator must evaluate to a number (at character 24)`,
    );
  });

  it("that never ends fails its own step alone, while others go on", async () => {
    const hanging = "{{= $match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /(a+)+$/) }}";
    const nodes = [node.transform("stuck", hanging), node.transform("beside", "{{= 1 + 1 }}"), node.transform("after", 1)];
    const { id, view } = await run(nodes, ["start -> stuck", "start -> beside", "stuck:error -> after"]);
    expect(view.steps.stuck).toMatchObject({ status: "failed", error: { code: "expression_timeout" } });
    expect(view.status).toBe("succeeded");
    expect(await engine.output(id, "beside")).toBe(2);
  });
});
