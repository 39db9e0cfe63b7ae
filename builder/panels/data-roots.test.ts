import { expect, it } from "vitest";
import { ConnectorDraft } from "../../shared/connector/connector.ts";
import { Flow } from "../../shared/flow/flow.ts";
import { dataRoots, parameterAt, pathsOf } from "./data-roots.ts";

const at = { position: { x: 0, y: 0 } };
const crm = ConnectorDraft.parse({
  schemaVersion: 1,
  key: "crm",
  name: "CRM",
  description: "",
  baseUrl: "https://crm.example",
  auth: { kind: "none" },
  endpoints: [
    {
      key: "find",
      name: "Find",
      method: "GET",
      path: "/find",
      parameters: [],
      responseSchema: { type: "object", properties: { data: { type: "array", items: { type: "object" } } } },
    },
  ],
  actions: [
    {
      key: "first",
      name: "First",
      category: "retrieve",
      endpoint: "find",
      inputs: [],
      output: [{ name: "name", path: "data[0].name" }],
      outputSchema: { type: "object", properties: { name: { type: "string" } } },
    },
  ],
});
const flowOf = (call: object) =>
  Flow.parse({
    schemaVersion: 1,
    nodes: [
      { ...at, id: "get", name: "Get", kind: "call", connector: "crm", endpoint: "find", connection: null, inputs: {}, ...call },
      { ...at, id: "shape", name: "Shape", kind: "transform", output: {} },
    ],
    edges: [{ id: "e", source: "get", port: "out", target: "shape" }],
  });
const paths = (call: object) =>
  pathsOf(dataRoots(flowOf(call), "shape", { connectors: new Map([["crm", crm]]), samples: new Map() })).map(({ path }) => path);

it("a call of an endpoint gives what it answers, a call of an action what the action gives", () => {
  expect(paths({})).toContain("steps.get.output.data");
  expect(paths({ action: "first" })).toEqual(["steps.get.output", "steps.get.output.name"]);
});

it("knows the item of a loop, what is inside where it ends, and what may be missing", () => {
  const rule = [{ left: 1, operator: "exists" }];
  const document = Flow.parse({
    schemaVersion: 1,
    nodes: [
      { ...at, id: "start", name: "Start", kind: "manual-trigger", sample: { orders: [{ sku: "a" }] } },
      { ...at, id: "ask", name: "Ask", kind: "branch", conditions: rule },
      { ...at, id: "side", name: "Side", kind: "transform", output: { n: 1 } },
      { ...at, id: "each", name: "Each order", kind: "for-each", items: "{{trigger.body.orders}}" },
      { ...at, id: "inside", name: "Inside", kind: "transform", output: { sku: "{{item.sku}}" }, parent: "each" },
    ],
    edges: [
      { id: "1", source: "start", port: "out", target: "ask" },
      { id: "2", source: "ask", port: "true", target: "side" },
      { id: "3", source: "side", port: "out", target: "each" },
      { id: "4", source: "ask", port: "false", target: "each" },
    ],
  });
  const known = { connectors: new Map(), samples: new Map() };
  const roots = dataRoots(document, "inside", known);
  expect(roots.map(({ name, optional }) => [name, optional])).toEqual([
    ["Item of Each order", false],
    ["Index in Each order", false],
    ["Side", true],
    ["Ask", false],
    ["Start", false],
  ]);
  const found = pathsOf(roots);
  expect(found.find(({ path }) => path === "item.sku")).toMatchObject({ type: "string", sample: "a" });
  expect(found.find(({ path }) => path === "steps.side.output.n")).toMatchObject({ type: "integer", optional: true });
  expect(parameterAt(roots, ["trigger", "body", "orders", 5, "sku"])?.parameter.type).toBe("string");
  expect(parameterAt(roots, ["trigger", "body", "order"])).toBeNull();
  expect(dataRoots(document, "each", known).map(({ source }) => source)).not.toContain("steps.inside.output");
  expect(dataRoots(document, "each", known, true).map(({ source }) => source)).toContain("steps.inside.output");
});

it("names what a step that waits gives and its link apart", () => {
  const document = Flow.parse({
    schemaVersion: 1,
    nodes: [
      { ...at, id: "start", name: "Start", kind: "manual-trigger" },
      { ...at, id: "paid", name: "Paid", kind: "wait" },
      { ...at, id: "shape", name: "Shape", kind: "transform", output: {} },
    ],
    edges: [
      { id: "1", source: "start", port: "out", target: "paid" },
      { id: "2", source: "paid", port: "out", target: "shape" },
    ],
  });
  const names = dataRoots(document, "shape", { connectors: new Map(), samples: new Map() }).map(({ name }) => name);
  expect(names.toSorted()).toEqual(["Link of Paid", "Paid", "Start"]);
});
