import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectorDraft } from "../connector/connector.ts";
import type { Json } from "../json.ts";
import type { Path } from "./expression.ts";
import { readPath } from "./expression.ts";
import { Flow } from "./flow.ts";
import { triggerKinds } from "./node.ts";
import type { Known } from "./output-type.ts";
import { typeFlow } from "./type-flow.ts";

const at = { name: "N", position: { x: 0, y: 0 } };
const start = { ...at, id: "start", kind: "webhook-trigger" };
const shape = (id: string, output: unknown, more: object = {}) => ({ ...at, id, kind: "transform", output, ...more });

/** Edges as "a>b" or "a:port>b". */
function flowOf(nodes: object[], edges: string[] = []): Flow {
  return Flow.parse({
    schemaVersion: 1,
    nodes,
    edges: edges.map((id) => {
      const [, source, port = "out", target] = /^([\w-]+)(?::([\w-]+))?>([\w-]+)$/.exec(id) ?? [];
      return { id, source, port, target };
    }),
  });
}

/** What a path finds in the output of a node: its type, "open" or "absent". */
function seen(nodes: object[], edges: string[], path: Path, known: Known = {}, inside?: string): string {
  const types = typeFlow(flowOf([...nodes, shape("end", 1)], edges), known);
  const found = types.find({ node: inside ?? "end", inside: inside !== undefined }, path);
  if (found === null) return "none";
  if (found.outcome !== "found") return found.outcome;
  return found.places.map(({ schema, origin }) => `${schema.type ?? "any"} ${origin}`).join(", ");
}

const crm = ConnectorDraft.parse({
  ...{ schemaVersion: 1, key: "crm", name: "CRM", description: "", baseUrl: "https://crm.example", auth: { kind: "none" } },
  endpoints: [
    { key: "declared", responseOrigin: "declared" },
    { key: "pulled", responseOrigin: "pulled" },
  ].map((more) => ({
    ...{ name: "E", method: "GET", path: "/e", parameters: [] },
    ...more,
    responseSchema: {
      type: "object",
      properties: { data: { type: "array", items: { type: "object", properties: { id: { type: "integer" } } } } },
    },
    responseSample: { data: [{ id: 1, also: "seen" }] },
  })),
  actions: [
    {
      ...{ key: "first", name: "First", category: "retrieve", endpoint: "pulled", inputs: [] },
      output: [{ name: "id", path: "data[0].id" }],
      outputSchema: { type: "object", properties: { id: { type: "object", properties: { a: { type: "string" } } } } },
    },
  ],
});
const known = { connectors: new Map([["crm", crm]]) };
const call = (endpoint: string, more: object = {}) => ({
  ...{ ...at, id: "get", kind: "call", connector: "crm", endpoint, connection: null, inputs: {} },
  ...more,
});
const output = (...rest: Path): Path => ["steps", "get", "output", ...rest];

describe("typeFlow", () => {
  it.each<[string, object, Path, string]>([
    ["a declared answer", call("declared"), output("data", 0, "id"), "integer declared"],
    ["a declared answer without the name", call("declared"), output("daat"), "absent"],
    ["a declared answer whose sample has the name", call("declared"), output("data", 0, "also"), "open"],
    ["a pulled answer", call("pulled"), output("data", 0, "id"), "integer pulled"],
    ["an action's field", call("pulled", { action: "first" }), output("id", "a"), "string pulled"],
    ["no field of an action", call("pulled", { action: "first" }), output("data"), "absent"],
    ["an unknown endpoint", call("nope"), output("data"), "open"],
    ["a request", { ...at, id: "get", kind: "http", url: "https://x.example" }, output("status"), "integer declared"],
    ["a request's body", { ...at, id: "get", kind: "http", url: "https://x.example" }, output("body", "a"), "open"],
    [
      "code that is declared",
      { ...at, id: "get", kind: "code", code: "", outputSchema: { type: "object", properties: { a: { type: "string" } } } },
      output("a"),
      "string declared",
    ],
    ["code that was tried", { ...at, id: "get", kind: "code", code: "", sample: { n: 1 } }, output("n"), "integer inferred"],
    ["code of which nothing is known", { ...at, id: "get", kind: "code", code: "" }, output("n"), "open"],
    ["a transform", shape("get", { a: { b: [1] }, t: "x {{trigger.id}}" }), output("a", "b", 0), "integer declared"],
    ["a text with templates", shape("get", { t: "x {{trigger.id}}" }), output("t"), "string declared"],
    ["what a template reads", shape("get", { t: "{{trigger.receivedAt}}" }), output("t"), "integer declared"],
    ["what JSONata gives", shape("get", { t: "{{= 1 }}" }), output("t"), "any declared"],
    [
      "a branch",
      { ...at, id: "get", kind: "branch", conditions: [{ left: 1, operator: "exists" }] },
      output("matched"),
      "boolean declared",
    ],
    ["a sub-flow that is waited for", { ...at, id: "get", kind: "sub-flow", flow: "flw_1" }, output("answer", "x"), "open"],
    [
      "a sub-flow that is only started",
      { ...at, id: "get", kind: "sub-flow", flow: "flw_1", mode: "start" },
      output("status"),
      "absent",
    ],
    ["a stored value", { ...at, id: "get", kind: "key-value", key: "k" }, output("found"), "boolean declared"],
    ["a step's status", shape("get", 1), ["steps", "get", "status"], "string declared"],
    ["a step's error", shape("get", 1), ["steps", "get", "error", "message"], "string declared"],
    ["no other thing of a step", shape("get", 1), ["steps", "get", "result"], "none"],
  ])("knows %s", (_, node, path, expected) => {
    expect(seen([start, node], ["start>get", "get>end"], path, known)).toBe(expected);
  });

  const form = [{ key: "n", name: "N", type: "number", required: true }];
  const ask = { ...at, id: "get", kind: "approval", title: "T", form };
  const wait = { ...at, id: "get", kind: "wait" };
  it.each([
    ["a required field once it is approved", ask, ["approved"], output("form", "n"), "always"],
    ["a required field once it is rejected", ask, ["rejected"], output("form", "n"), "now and then"],
    ["a required field once it is either", ask, ["approved", "rejected"], output("form", "n"), "now and then"],
    ["the decision once it is either", ask, ["approved", "rejected"], output("decision"), "always"],
    ["the decision whatever happens", ask, ["approved", "rejected", "timeout"], output("decision"), "now and then"],
    ["no decision after the deadline", ask, ["timeout"], output("decision"), "never"],
    ["the deadline after it", ask, ["timeout"], output("deadline"), "always"],
    ["no field that the form has not", ask, ["approved"], output("form", "m"), "never"],
    ["what came", wait, ["out"], output("body"), "always"],
    ["no deadline when something came", wait, ["out"], output("deadline"), "never"],
    ["what came, whatever happens", wait, ["out", "timeout"], output("body"), "now and then"],
  ])("knows by the ports that lead there: %s", (_, node, ports, path, expected) => {
    const edges = ["start>get", ...ports.map((port) => `get:${port}>mid`), "mid>end"];
    const flow = flowOf([start, node, shape("mid", 1), shape("end", 1)], edges);
    for (const reader of ["mid", "end"]) {
      const found = typeFlow(flow).find({ node: reader }, path);
      const there =
        found?.outcome === "found" ? (found.places.every(({ optional }) => !optional) ? "always" : "now and then") : "never";
      expect(there).toBe(expected);
    }
  });

  it.each<[string, object, Path, string]>([
    [
      "a form",
      { kind: "manual-trigger", form: [{ key: "age", name: "Age", type: "number" }] },
      ["trigger", "body", "age"],
      "number declared",
    ],
    [
      "no field of a form",
      { kind: "manual-trigger", form: [{ key: "age", name: "Age" }] },
      ["trigger", "body", "agee"],
      "absent",
    ],
    ["a sample", { kind: "webhook-trigger", sample: { a: "x" } }, ["trigger", "body", "a"], "string sample"],
    ["a webhook without a sample", { kind: "webhook-trigger" }, ["trigger", "body", "a"], "open"],
    [
      "the time of a schedule",
      { kind: "schedule-trigger", schedule: { kind: "interval", everyMs: 60_000 } },
      ["trigger", "body", "firedFor"],
      "string declared",
    ],
    ["nothing beside an event", { kind: "webhook-trigger" }, ["trigger", "bdy"], "absent"],
    ["a header", { kind: "webhook-trigger" }, ["trigger", "headers", "x-id"], "string declared"],
  ])("knows %s of a trigger", (_, node, path, expected) => {
    expect(seen([{ ...start, ...node }], ["start>end"], path)).toBe(expected);
  });

  it("takes what any of several triggers gives", () => {
    const nodes = [
      { ...start, sample: { a: 1 } },
      { ...start, id: "other", kind: "manual-trigger", form: [{ key: "b", name: "B" }] },
    ];
    const find = (key: string) => seen(nodes, ["start>end", "other>end"], ["trigger", "body", key]);
    expect([find("a"), find("b"), find("c")]).toEqual(["integer sample", "string declared", "absent"]);
  });

  const loop = { ...at, id: "loop", kind: "for-each", items: "{{steps.list.output}}" };
  const list = shape("list", [{ sku: "a", lines: [1] }]);
  const nested = { ...at, id: "nested", kind: "for-each", items: "{{item.lines}}", parent: "loop" };
  const inner = shape("inner", { twice: "{{item}}", of: "{{index}}" }, { parent: "nested" });
  const outer = shape("outer", "{{item.sku}}", { parent: "loop" });
  const all = [start, list, loop, nested, inner, outer];
  const edges = ["start>list", "list>loop", "nested:done>outer", "loop:done>end"];
  const within = (node: string, path: Path) => {
    const found = typeFlow(flowOf([...all, shape("end", 1)], edges)).find({ node }, path);
    return found?.outcome === "found" ? found.places.map(({ schema }) => schema.type).join() : (found?.outcome ?? null);
  };

  it("knows the item of the innermost loop, and what the loops give", () => {
    expect(within("outer", ["item", "sku"])).toBe("string");
    expect(within("inner", ["item"])).toBe("integer");
    expect(within("outer", ["steps", "nested", "output", "results", 0, "twice"])).toBe("integer");
    expect(within("end", ["steps", "loop", "output", "results", 0])).toBe("string");
    expect(within("end", ["steps", "loop", "output", "count"])).toBe("integer");
    expect(within("inner", ["steps", "list", "output", 0, "sku"])).toBe("string");
    expect(within("inner", ["steps", "loop", "item", "sku"])).toBe("string");
    expect(within("inner", ["steps", "loop", "index"])).toBe("integer");
    expect(within("end", ["steps", "loop", "item"])).toBeNull();
    expect(within("end", ["item"])).toBeNull();
    expect(within("end", ["steps", "outer", "output"])).toBeNull();
    expect(within("inner", ["steps", "outer", "output"])).toBeNull();
    expect(within("inner", ["steps", "loop", "output"])).toBeNull();
  });

  it("resolves a container's result where it ends", () => {
    const nodes = [start, list, { ...loop, result: { sku: "{{item.sku}}", done: "{{steps.outer.output}}" } }, outer];
    const path = ["steps", "loop", "output", "results", 0, "done"];
    expect(seen(nodes, ["start>list", "list>loop", "loop:done>end"], path)).toBe("string declared");
    const tried = [
      start,
      { ...at, id: "attempt", kind: "try", result: "{{steps.in.output.a}}" },
      shape("in", { a: true }, { parent: "attempt" }),
    ];
    expect(seen(tried, ["start>attempt", "attempt:done>end"], ["steps", "attempt", "output"])).toBe("boolean declared");
  });

  it("lists what a node may read, the nearest first, with a sample of the item", () => {
    const types = typeFlow(flowOf(all, edges.slice(0, 3)), { samples: new Map([["list", [{ sku: "b", lines: [7] }]]]) });
    expect(types.rootsAt({ node: "inner" }).map(({ source }) => source)).toEqual([
      "item",
      "index",
      "steps.loop.item",
      "steps.loop.index",
      "steps.list.output",
      "trigger",
    ]);
    expect(types.rootsAt({ node: "outer" })[0]).toMatchObject({ source: "item", sample: { sku: "b" } });
    expect(types.rootsAt({ node: "loop", inside: true }).map(({ source }) => source)).toContain("steps.outer.output");
  });

  it("offers the error of a step that may have failed", () => {
    const nodes = [start, shape("risky", 1), shape("end", 1)];
    const roots = typeFlow(flowOf(nodes, ["start>risky", "risky>end", "risky:error>end"])).rootsAt({ node: "end" });
    expect(roots.map(({ source, optional }) => [source, optional])).toEqual([
      ["steps.risky.output", true],
      ["steps.risky.error", true],
      ["trigger", false],
    ]);
  });

  it("finds in the schema of a sample what templates find in the sample, and nothing else", () => {
    const name = fc.constantFrom("a", "b", "c", "__proto__", "length", "0");
    const leaf = fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.boolean());
    const { sample } = fc.letrec<{ sample: Json }>((tie) => ({
      sample: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.dictionary(name, tie("sample"), { minKeys: 1, maxKeys: 3 }),
        // Alike, so that what one item has the others have.
        tie("sample").map((item) => [item, item]),
      ),
    }));
    const path = fc.array(fc.oneof(name, fc.nat(1)), { maxLength: 4 });
    fc.assert(
      fc.property(sample, path, (body, rest) => {
        const flow = flowOf([{ ...start, sample: body }, shape("end", 1)], ["start>end"]);
        const types = typeFlow(flow);
        const found = types.find({ node: "end" }, ["trigger", "body", ...rest])?.outcome;
        expect(found === "found").toBe(readPath(Object({ ...flow.nodes[0] }).sample, rest) !== undefined);
      }),
      { numRuns: 1_000 },
    );
  });

  it("never throws, whatever flow the schema lets through, and gives each node of a right one a type", () => {
    const id = fc.constantFrom("a", "b", "c", "d", "e");
    const text = fc.constantFrom(
      "{{steps.a.output.x}}",
      "{{item.x[0]}}",
      "{{= steps.b.output.y }}",
      "{{trigger.body}}",
      "{{",
      "x",
      "{{index}}",
    );
    const parent = fc.option(id, { nil: undefined });
    const rule = fc.constant([{ left: "{{steps.c.output}}", operator: "exists" as const }]);
    const node = fc.oneof(
      fc.record({
        id,
        kind: fc.constantFrom(...triggerKinds.filter((kind) => kind === "webhook-trigger" || kind === "manual-trigger")),
      }),
      fc.record({
        id,
        parent,
        kind: fc.constant("transform"),
        output: fc.record({ x: text, y: fc.array(text, { maxLength: 2 }) }),
      }),
      fc.record({ id, parent, kind: fc.constantFrom("branch", "filter"), conditions: rule }),
      fc.record({ id, parent, kind: fc.constant("for-each"), items: text, result: fc.option(text, { nil: undefined }) }),
      fc.record({ id, parent, kind: fc.constant("try"), result: fc.option(text, { nil: undefined }) }),
      fc.record({ id, parent, kind: fc.constant("once"), key: text, onError: fc.constantFrom("fail", "continue") }),
      fc.record({ id, parent, kind: fc.constantFrom("wait", "stop"), message: text }),
    );
    const edge = fc.record({
      id: fc.uuid(),
      source: id,
      target: id,
      port: fc.constantFrom("out", "true", "done", "error", "timeout"),
    });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 7 }), fc.array(edge, { maxLength: 9 }), (nodes, lines) => {
        const flow = Flow.parse({ schemaVersion: 1, nodes: nodes.map((each) => ({ ...at, ...each })), edges: lines });
        const types = typeFlow(flow);
        for (const { id: reader } of flow.nodes)
          for (const root of types.rootsAt({ node: reader })) expect(root.source).toMatch(/^\w/);
        for (const reader of types.outputs.keys()) types.find({ node: reader }, ["steps", "a", "output", "x"]);
      }),
      { numRuns: 500 },
    );
  });
});
