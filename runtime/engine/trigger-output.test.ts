import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Connector } from "../../shared/connector/connector.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import { node, startTestEngine, type TestEngine } from "../testing/test-engine.ts";

const connector = Connector.parse({
  schemaVersion: 1,
  key: "crm",
  name: "CRM",
  description: "",
  baseUrl: "https://replaced.example.com",
  auth: { kind: "none" },
  endpoints: [],
  incomingWebhooks: [{ key: "pushed", name: "Pushed", kind: "static", recipe: { kind: "url-secret" } }],
  triggers: [
    {
      key: "created",
      name: "Created",
      source: { kind: "webhook", webhook: "pushed" },
      form: [
        { key: "list", name: "List" },
        { key: "size", name: "Size", type: "number", default: 3 },
      ],
      transformation: { id: "{{event.body.person.id}}", list: "{{inputs.list}}", size: "{{inputs.size}}", from: "{{event.id}}" },
      sample: { person: { id: 7 } },
    },
    {
      key: "counted",
      name: "Counted",
      source: { kind: "webhook", webhook: "pushed" },
      transformation: "{{= {'count': $count(event.body.people), 'at': event.receivedAt} }}",
    },
    {
      key: "broken",
      name: "Broken",
      source: { kind: "webhook", webhook: "pushed" },
      transformation: { n: "{{= $number(event.body.n) }}" },
    },
    { key: "raw", name: "Raw", source: { kind: "webhook", webhook: "pushed" } },
  ],
});

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine({ connector });
});
afterAll(() => engine.close());

const app = (trigger: string, more: object = {}) =>
  FlowNode.parse({
    id: "start",
    name: "Start",
    position: { x: 0, y: 0 },
    kind: "app-trigger",
    connector: "crm",
    trigger,
    connection: null,
    ...more,
  });
async function run(start: FlowNode, body?: Parameters<TestEngine["start"]>[1]) {
  const flow = await engine.publish([start, node.transform("seen", "{{trigger.body}}")], ["start -> seen"]);
  const id = await engine.start(flow, body);
  return { id, view: await engine.reaches(id), seen: await engine.output(id, "seen") };
}

describe("what an app's trigger gives", () => {
  test("is what its transformation makes of the event and the form, journaled once", async () => {
    const { id, seen } = await run(app("created", { inputs: { list: "new" } }), { person: { id: 1 } });
    expect(seen).toEqual({ id: 1, list: "new", size: 3, from: expect.stringMatching(/^evt_/) });
    expect(await engine.output(id, "start")).toMatchObject({ source: "manual", body: seen });
  });

  test("may be computed", async () => {
    const { seen } = await run(app("counted"), { people: [1, 2] });
    expect(seen).toEqual({ count: 2, at: engine.clock() });
  });

  test("is the body as it came without a transformation", async () => {
    expect((await run(app("raw"), { any: [1] })).seen).toEqual({ any: [1] });
  });

  test("fails the run with a reason when the transformation does", async () => {
    const { view } = await run(app("broken"), { n: "x" });
    expect(view).toMatchObject({
      status: "failed",
      error: { code: "expression_failed", node: "start", message: expect.stringContaining("the trigger's transformation") },
      steps: { seen: { status: "skipped" } },
    });
  });
});
