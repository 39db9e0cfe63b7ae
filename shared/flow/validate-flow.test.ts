import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Flow, type FlowEdge } from "./flow.ts";
import { FlowNode } from "./node.ts";
import { validateFlow } from "./validate-flow.ts";

const position = { x: 0, y: 0 };
const start = { id: "start", name: "Start", position, kind: "webhook-trigger" };
const shape = (output: unknown, id = "shape") => ({ id, name: "Shape", position, kind: "transform", output });

/** Each problem by where it is and which it is. */
function problems(nodes: object[], edges: (string | FlowEdge)[] = []): string[] {
  const flow = { schemaVersion: 1 as const, nodes: nodes.map((node) => FlowNode.parse(node)), edges: edges.map(edgeOf) };
  return validateFlow(flow).map(({ node, field, code }) => [code, node, field].join(" "));
}

describe("validateFlow", () => {
  it("finds nothing wrong with a flow that can run", () => {
    const branch = {
      id: "big",
      name: "Big?",
      position,
      kind: "branch",
      conditions: [
        { left: "{{trigger.body.total}}", operator: "greater-than", right: 100 },
        { left: "{{trigger.body.email}}", operator: "exists" },
      ],
    };
    const call = {
      id: "search-contacts",
      name: "Search",
      position,
      kind: "call",
      connector: "zoominfo",
      endpoint: "search",
      connection: "con_1",
      inputs: { email: "{{trigger.body.email}}", list: [{ text: "{{steps.big.output}} of {{steps.start.output}}" }], size: 5 },
    };
    const wait = { id: "wait", name: "Wait", position, kind: "delay", delayMs: "{{trigger.body.wait}}" };
    const respond = {
      id: "answer",
      name: "Answer",
      position,
      kind: "respond",
      headers: { "X-Id": "{{trigger.id}}" },
      body: { first: `{{steps.search-contacts.output.data[0]["full name"]}}` },
    };
    const edges = [
      "start>big",
      "big:true>search-contacts",
      "big:false>wait",
      "search-contacts>answer",
      "wait>answer",
      "search-contacts:error>answer",
    ];
    expect(problems([start, branch, call, wait, respond], edges)).toEqual([]);
  });

  it.each<[string, object[], (string | FlowEdge)[], string[]]>([
    ["no trigger", [shape(1)], [], ["no_trigger  ", "unreachable shape "]],
    ["nothing at all", [], [], ["no_trigger  "]],
    ["a node without an incoming edge", [start, shape(1)], [], ["unreachable shape "]],
    ["two nodes of one id", [start, shape(1), shape(2)], ["start>shape"], ["duplicate_node shape id"]],
    [
      "three nodes of one id",
      [start, shape(1), shape(2), shape(3)],
      ["start>shape"],
      ["duplicate_node shape id", "duplicate_node shape id"],
    ],
    [
      "two edges of one id",
      [start, shape(1)],
      [edgeOf("start>shape"), edgeOf("start>shape")],
      ["duplicate_edge start edges.start>shape"],
    ],
    ["an edge from nowhere", [start, shape(1)], ["start>shape", "ghost>shape"], ["bad_edge ghost edges.ghost>shape"]],
    ["an edge to nowhere", [start, shape(1)], ["start>shape", "shape>ghost"], ["bad_edge shape edges.shape>ghost"]],
    [
      "an edge into a trigger",
      [start, shape(1)],
      ["start>shape", "shape>start"],
      ["bad_edge shape edges.shape>start", "cycle start "],
    ],
    [
      "a port that a node lacks",
      [start, shape(1), shape(2, "b")],
      ["start>shape", "shape:true>b"],
      ["bad_edge shape edges.shape:true>b"],
    ],
    ["an error port on a trigger", [start, shape(1)], ["start:error>shape"], ["bad_edge start edges.start:error>shape"]],
    [
      "a cycle, and what else is wrong there",
      [start, shape("{{nonsense}}", "a"), shape(1, "b")],
      ["start>a", "a>b", "b>a"],
      ["cycle a ", "unknown_root a output"],
    ],
    ["a node that leads to itself", [start, shape(1)], ["start>shape", "shape>shape"], ["cycle shape "]],
  ])("refuses %s", (_, nodes, edges, expected) => {
    expect(problems(nodes, edges)).toEqual(expected);
  });

  it.each([
    ["{{trigger.body}} and {{steps.start.output}}", []],
    ["{{steps.before.output}}", []],
    ["{{steps.before.output.id}}", ["unknown_path shape output"]],
    ["{{}}", ["bad_expression shape output"]],
    ["{{steps..x}}", ["bad_expression shape output"]],
    ["{{steps.before.output", ["bad_expression shape output"]],
    ["{{vars.x}}", ["unknown_root shape output"]],
    ["{{[0]}}", ["unknown_root shape output"]],
    ["{{__proto__.x}}", ["unknown_root shape output"]],
    ["{{steps}}", ["unknown_node shape output"]],
    ["{{steps[0].output}}", ["unknown_node shape output"]],
    ["{{steps.ghost.output}}", ["unknown_node shape output"]],
    ["{{steps.constructor.output}}", ["unknown_node shape output"]],
    ["{{steps.shape.output}}", ["not_an_ancestor shape output"]],
    ["{{steps.after.output}}", ["not_an_ancestor shape output"]],
    ["{{= $sum(trigger.body.items.price) + steps.before.output }}", []],
    ["{{= $keys(steps) }}", []],
    ["{{= $sum( }}", ["bad_expression shape output"]],
    ["a {{= 1 }}", ["bad_expression shape output"]],
    ["{{= vars.x }}", ["unknown_root shape output"]],
    ["{{= steps.ghost.output }}", ["unknown_node shape output"]],
    ["{{= steps.after.output & steps.beside.output }}", ["not_an_ancestor shape output", "not_an_ancestor shape output"]],
    [
      "{{steps.beside.output}} {{x}} {{steps.ghost}}",
      ["not_an_ancestor shape output", "unknown_root shape output", "unknown_node shape output"],
    ],
  ])("judges the expression %j", (text, expected) => {
    const nodes = [start, shape(1, "before"), shape(text), shape(1, "after"), shape(1, "beside")];
    expect(problems(nodes, ["start>before", "before>shape", "shape>after", "start>beside"])).toEqual(expected);
  });

  it.each<[string, object, string]>([
    [
      "inputs of a call",
      { kind: "call", connector: "c", endpoint: "e", connection: null, inputs: { a: { b: ["x", "{{no}}"] } } },
      "inputs.a.b.1",
    ],
    [
      "the left side of a condition",
      {
        kind: "branch",
        conditions: [
          { left: 1, operator: "exists" },
          { left: "{{no}}", operator: "exists" },
        ],
      },
      "conditions.1.left",
    ],
    [
      "the right side of a condition",
      { kind: "branch", conditions: [{ left: 1, operator: "equals", right: "{{no}}" }] },
      "conditions.0.right",
    ],
    ["an output", { kind: "transform", output: { a: [null, { b: "{{no}}" }] } }, "output.a.1.b"],
    ["a delay", { kind: "delay", delayMs: "{{no}}" }, "delayMs"],
    ["headers of an answer", { kind: "respond", headers: { "X-A": "{{no}}" } }, "headers.X-A"],
    ["the body of an answer", { kind: "respond", body: "{{no}}" }, "body"],
  ])("looks into %s and names the field", (_, node, field) => {
    expect(problems([start, { id: "n", name: "N", position, ...node }], ["start>n"])).toEqual([`unknown_root n ${field}`]);
  });

  it.each([
    ["a filter", { kind: "filter" }, "conditions.0.left"],
    ["a branch", { kind: "branch" }, "conditions.0.left"],
    ["a switch", { kind: "switch" }, "cases.0.conditions.0.left"],
  ])("asks what %s compares: without it everything would pass", (_, { kind }, field) => {
    const conditions = [{ left: "", operator: "equals", right: "" }];
    const rule = kind === "switch" ? { cases: [{ port: "a", name: "A", conditions }] } : { conditions };
    expect(problems([start, { id: "n", name: "N", position, kind, ...rule }], ["start>n"])).toEqual([`missing_input n ${field}`]);
  });

  it("does not look for expressions in samples, numbers and names", () => {
    const manual = { id: "manual", name: "{{no}}", position, kind: "manual-trigger", sample: { a: "{{no}}" } };
    const webhook = { ...start, sample: "{{no}}" };
    const wait = { id: "wait", name: "{{no}}", position, kind: "delay", delayMs: 5 };
    expect(problems([manual, webhook, wait], ["start>wait"])).toEqual([]);
  });

  it("says what to do in words that name node, port and path", () => {
    const condition = { left: 1, operator: "exists" };
    const route = {
      id: "route",
      name: "Route",
      position,
      kind: "switch",
      cases: [
        { port: "big", name: "Big", conditions: [condition] },
        { port: "big", name: "Large", conditions: [condition] },
      ],
    };
    const later = { ...shape(1, "look-up"), name: "Look up" };
    const nodes = [
      start,
      { ...shape("{{steps.ghost.output}} {{steps.look-up.output}}"), name: "Make it" },
      { ...shape("{{= 1 + }}", "sum"), name: "Sum" },
      { ...shape("{{= steps.look-up.output }}", "minus"), name: "Minus" },
      route,
      later,
    ];
    const edges = ["start:true>shape", "shape>route", "route:huge>look-up", "shape>sum", "sum>minus", "shape>gone"];
    const flow = Flow.parse({ schemaVersion: 1, nodes, edges: edges.map(edgeOf) });
    expect(validateFlow(flow).map(({ message }) => message)).toEqual([
      `"Start" has no port "true" (it has out)`,
      `"Route" has no case "huge", from which an edge leads to "Look up" (it has "Big", "Large")`,
      `an edge of "Make it" leads to a node that does not exist`,
      `"steps.ghost.output" refers to a node that does not exist`,
      `"steps.look-up.output" refers to "Look up", which does not run before this node`,
      "Unexpected end of expression (at character 3)",
      `"steps.look" refers to a node that does not exist: in an expression, write steps.\`look-up\``,
      `"up" is not known here: start with trigger or steps`,
      `the cases "Big" and "Large" leave by the same port "big"`,
    ]);
  });

  it("names the nodes of a cycle", () => {
    const nodes = [start, { ...shape(1, "a"), name: "One" }, { ...shape(1, "b"), name: "Two" }];
    const flow = Flow.parse({ schemaVersion: 1, nodes, edges: ["start>a", "a>b", "b>a"].map(edgeOf) });
    expect(validateFlow(flow).map(({ message }) => message)).toEqual([`these nodes form a cycle: "One", "Two"`]);
  });

  it("judges calls only where connectors are given", () => {
    const call = { id: "n", name: "N", position, kind: "call", connector: "c", endpoint: "e", connection: null, inputs: {} };
    const flow = Flow.parse({ schemaVersion: 1, nodes: [start, call], edges: [edgeOf("start>n")] });
    expect(validateFlow(flow)).toEqual([]);
    expect(validateFlow(flow, new Map())).toEqual([
      {
        ...{ node: "n", field: "connector", code: "unknown_connector", message: `there is no connector "c"` },
        severity: "error",
      },
    ]);
  });

  it("never throws, whatever document the schema lets through", () => {
    const id = fc.constantFrom("a", "b", "c", "constructor");
    const text = fc.constantFrom("{{steps.a.output}}", "{{trigger}}", "{{", "{{steps.constructor}}", "x");
    const anyNode = fc.oneof(
      fc.record({ id, kind: fc.constantFrom("webhook-trigger", "manual-trigger") }),
      fc.record({ id, kind: fc.constant("transform"), output: text }),
      fc.record({ id, kind: fc.constant("delay"), delayMs: text }),
    );
    const anyEdge = fc.record({
      id: fc.constantFrom("1", "2", "3"),
      source: id,
      port: fc.constantFrom("out", "error"),
      target: id,
    });
    fc.assert(
      fc.property(fc.array(anyNode, { maxLength: 5 }), fc.array(anyEdge, { maxLength: 6 }), (nodes, edges) => {
        const flow = Flow.parse({ schemaVersion: 1, nodes: nodes.map((node) => ({ ...node, name: "N", position })), edges });
        for (const { code, message } of validateFlow(flow)) expect(`${code} ${message}`).toMatch(/^\w+ \S/);
      }),
    );
  });
});

function edgeOf(text: string | FlowEdge): FlowEdge {
  if (typeof text !== "string") return text;
  const [, source = "", port = "out", target = ""] = /^([\w-]+)(?::(\w+))?>([\w-]+)$/.exec(text) ?? [];
  return { id: text, source, port, target };
}
