import { expect, it } from "vitest";
import { ConnectorDraft } from "../../shared/connector/connector.ts";
import { Flow } from "../../shared/flow/flow.ts";
import { dataRoots, pathsOf } from "./data-roots.ts";

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
