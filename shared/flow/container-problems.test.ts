import { expect, it } from "vitest";
import { Flow } from "./flow.ts";
import { validateFlow } from "./validate-flow.ts";

const at = { name: "N", position: { x: 0, y: 0 } };
const start = { ...at, id: "start", kind: "webhook-trigger" };
const loop = (id: string, more: object = {}) => ({ ...at, id, kind: "for-each", items: [1], ...more });
const shape = (id: string, more: object = {}) => ({ ...at, id, kind: "transform", output: 1, ...more });

function problems(nodes: object[], edges: string[], settings?: object): string[] {
  const flow = Flow.parse({
    schemaVersion: 1,
    nodes,
    edges: edges.map((id) => {
      const [, source, port = "out", target] = /^([\w-]+)(?::([\w-]+))?>([\w-]+)$/.exec(id) ?? [];
      return { id, source, port, target };
    }),
    settings,
  });
  return validateFlow(flow, undefined, { flows: new Map([["flw_1", { name: "One" }]]) }).map(
    ({ severity, code, node, field }) => `${severity} ${code} ${node} ${field}`,
  );
}

it.each<[string, object[], string[], string[]]>([
  [
    "containers that are drawn right",
    [start, loop("a"), loop("b", { parent: "a" }), shape("c", { parent: "b" }), shape("d")],
    ["start>a", "a:done>d", "a:error>d"],
    [],
  ],
  ["a container with nothing inside", [start, loop("a")], ["start>a"], ["warning empty_container a null"]],
  ["a container that is not there", [start, shape("a", { parent: "ghost" })], [], ["error unknown_container a parent"]],
  ["what is no container", [start, shape("a"), shape("b", { parent: "a" })], ["start>a"], ["error not_a_container b parent"]],
  [
    "containers in a circle",
    [start, loop("a", { parent: "b" }), loop("b", { parent: "a" })],
    [],
    ["error container_cycle a parent", "error container_cycle b parent"],
  ],
  [
    "an edge into a container",
    [start, loop("a"), shape("b", { parent: "a" })],
    ["start>a", "start>b"],
    ["error crosses_border start edges.start>b"],
  ],
  [
    "an edge out of a container",
    [start, loop("a"), shape("b", { parent: "a" }), shape("c")],
    ["start>a", "a:done>c", "b>c"],
    ["error crosses_border b edges.b>c"],
  ],
  [
    "reading into a container",
    [start, loop("a"), shape("b", { parent: "a" }), shape("c", { output: "{{steps.b.output}}" })],
    ["start>a", "a:done>c"],
    ["error inside_container c output"],
  ],
  [
    "a list that reads what is inside",
    [start, loop("a", { items: "{{steps.b.output}}" }), shape("b", { parent: "a" })],
    ["start>a"],
    ["error inside_container a items"],
  ],
  [
    "a result of what is inside",
    [start, loop("a", { result: ["{{steps.b.output}}", "{{item}}"] }), shape("b", { parent: "a" })],
    ["start>a"],
    [],
  ],
  [
    "a list that reads its own item",
    [start, loop("a", { items: "{{item}}" }), shape("b", { parent: "a" })],
    ["start>a"],
    ["error unknown_root a items"],
  ],
  [
    "items that are no list",
    [start, loop("a", { items: { a: 1 } }), shape("b", { parent: "a" })],
    ["start>a"],
    ["error wrong_type a items"],
  ],
  ["no items", [start, loop("a", { items: "" }), shape("b", { parent: "a" })], ["start>a"], ["error missing_input a items"]],
  [
    "a wait for what is no trigger",
    [start, { ...at, id: "a", kind: "wait", correlation: { key: "k", trigger: "a", path: "id" } }],
    ["start>a"],
    ["error unknown_trigger a correlation.trigger"],
  ],
  [
    "a wait for a trigger",
    [start, { ...at, id: "a", kind: "wait", correlation: { key: "{{trigger.id}}", trigger: "start", path: "id" } }],
    ["start>a"],
    [],
  ],
  [
    "a sub-flow without a flow",
    [start, { ...at, id: "a", kind: "sub-flow", flow: "" }],
    ["start>a"],
    ["error missing_input a flow"],
  ],
  [
    "a sub-flow that is gone",
    [start, { ...at, id: "a", kind: "sub-flow", flow: "flw_2" }],
    ["start>a"],
    ["error unknown_flow a flow"],
  ],
  ["a sub-flow", [start, { ...at, id: "a", kind: "sub-flow", flow: "flw_1" }], ["start>a"], []],
  [
    "a value to put that is missing",
    [start, { ...at, id: "a", kind: "key-value", operation: "put", key: "k" }],
    ["start>a"],
    ["error missing_input a value"],
  ],
  ["a request without a URL", [start, { ...at, id: "a", kind: "http", url: " " }], ["start>a"], ["error missing_input a url"]],
  [
    "an approval's form with a key twice",
    [
      start,
      {
        ...at,
        id: "a",
        kind: "approval",
        title: "T",
        form: [
          { key: "k", name: "K" },
          { key: "k", name: "L" },
        ],
      },
    ],
    ["start>a"],
    ["error duplicate_field a form.1.key"],
  ],
  [
    "an edge behind the end",
    [start, { ...at, id: "a", kind: "stop" }, shape("b")],
    ["start>a", "a>b"],
    ["error bad_edge a edges.a>b"],
  ],
])("judges %s", (_, nodes, edges, expected) => {
  expect(problems(nodes, edges)).toEqual(expected);
});

it.each([
  "{{steps.a.item.sku}} {{steps.a.index}} {{steps.b.item}} {{steps.a.item.skuu}} {{item.x}}",
  "{{= [steps.a.item.sku, steps.a.index, steps.b.item, steps.a.item.skuu, item.x] }}",
])("lets what is inside read the items of all loops around it: %s", (output) => {
  const nodes = [start, loop("a", { items: [{ sku: "x" }] }), loop("b", { parent: "a" }), shape("c", { parent: "b", output })];
  const found = problems(nodes, ["start>a"]);
  expect(found).toEqual(["error unknown_path c output", "error unknown_path c output"]);
});

it.each(["{{steps.a.item}}", "{{= steps.a.item }}", "{{= steps.a.index & steps.a.output }}"])(
  "knows of no item outside of a loop: %s",
  (output) => {
    const found = (node: object) => problems([start, loop("a"), shape("b", { parent: "a" }), node], ["start>a", "start>c"]);
    expect(found(shape("c", { output }))).toEqual(["error not_an_ancestor c output"]);
  },
);

it.each<[string, object, string]>([
  ["a URL", { kind: "http", url: "https://{{no}}.example" }, "url"],
  ["a query", { kind: "http", url: "u", query: { a: "{{no}}" } }, "query.a"],
  ["a header", { kind: "http", url: "u", headers: { a: "{{no}}" } }, "headers.a"],
  ["a body", { kind: "http", url: "u", body: { a: "{{no}}" } }, "body.a"],
  ["inputs of code", { kind: "code", code: "", inputs: { a: "{{no}}" } }, "inputs.a"],
  ["a filter", { kind: "filter", conditions: [{ left: 1, operator: "equals", right: "{{no}}" }] }, "conditions.0.right"],
  [
    "a case",
    { kind: "switch", cases: [{ port: "a", name: "A", conditions: [{ left: "{{no}}", operator: "exists" }] }] },
    "cases.0.conditions.0.left",
  ],
  ["a time", { kind: "delay", delayMs: 0, until: "{{no}}" }, "until"],
  ["a correlation", { kind: "wait", correlation: { key: "{{no}}", trigger: "start", path: "id" } }, "correlation.key"],
  ["a deadline", { kind: "wait", deadlineMs: "{{no}}" }, "deadlineMs"],
  ["a title", { kind: "approval", title: "{{no}}" }, "title"],
  ["a description", { kind: "approval", title: "T", description: "{{no}}" }, "description"],
  ["an input of a flow", { kind: "sub-flow", flow: "flw_1", input: { a: "{{no}}" } }, "input.a"],
  ["a key", { kind: "key-value", key: "{{no}}" }, "key"],
  ["a value", { kind: "key-value", key: "k", operation: "put", value: ["{{no}}"] }, "value.0"],
  ["what is added", { kind: "key-value", key: "k", by: "{{no}}" }, "by"],
  ["a key that comes once", { kind: "once", key: "{{no}}" }, "key"],
  ["a message", { kind: "stop", message: "{{no}}" }, "message"],
  ["a result of a try", { kind: "try", result: "{{no}}" }, "result"],
])("reads the expressions of %s", (_, node, field) => {
  const found = problems([start, { ...at, id: "n", ...node }], ["start>n"]).filter((problem) => !problem.startsWith("warning"));
  expect(found).toEqual([`error unknown_root n ${field}`]);
});

it("lets the key of a flow's concurrency read the trigger alone", () => {
  const found = (key: string) => problems([start], [], { concurrency: { limit: 1, key } });
  expect(found("{{trigger.body.customer}}")).toEqual([]);
  expect(found("{{steps.a.output}}")).toEqual(["error unknown_root null settings.concurrency.key"]);
  expect(found("{{= trigger.body }}")).toEqual(["error bad_expression null settings.concurrency.key"]);
  expect(found("{{trigger.")).toEqual(["error bad_expression null settings.concurrency.key"]);
});
