import { describe, expect, it } from "vitest";
import type { ConnectorDraft } from "../connector/connector.ts";
import { Parameter } from "../connector/parameter.ts";
import type { Json } from "../json.ts";
import { callProblems } from "./call-problems.ts";
import { CallNode } from "./node.ts";

const parameters = [
  { key: "id", name: "User", in: "path", type: "string", required: true },
  { key: "size", name: "Size", in: "body", type: "integer", required: true, default: 10 },
  { key: "name", name: "Full name", in: "body", type: "string", required: true },
  { key: "tags", name: "Tags", in: "body", type: "array" },
  { key: "filter", name: "Filter", in: "body", type: "object" },
  { key: "page", name: "Page", in: "query", type: "integer" },
  { key: "state", name: "State", in: "body", type: "string", link: staticLink(["open", "closed"]) },
  { key: "level", name: "Level", in: "query", type: "integer", link: staticLink([1, 2]) },
  { key: "free", name: "Free", in: "body", type: "string", link: { ...staticLink(["a"]), allowCustom: true } },
  { key: "labels", name: "Labels", in: "body", type: "array", link: staticLink(["a", "b"]) },
].map((parameter) => Parameter.parse(parameter));

const connector: ConnectorDraft = {
  schemaVersion: 1,
  key: "crm",
  name: "CRM",
  description: "",
  baseUrl: "",
  auth: { kind: "bearer" },
  endpoints: [{ key: "update", name: "Update user", method: "POST", path: "/users/{id}", parameters }],
  incomingWebhooks: [],
};
const connectors = new Map([["crm", connector]]);

/** Each problem as `code field: message`, for a call that is right but for this. */
function problems(inputs: Record<string, Json>, more: Partial<CallNode> = {}): string[] {
  const node = CallNode.parse({
    id: "n",
    name: "N",
    position: { x: 0, y: 0 },
    kind: "call",
    connector: "crm",
    endpoint: "update",
    connection: "con_1",
    inputs: { id: "7", name: "Ada", ...inputs },
    ...more,
  });
  return callProblems(node, connectors).map(({ code, field, message }) => `${code} ${field}: ${message}`);
}

describe("callProblems", () => {
  it("finds nothing wrong with a call that can be sent", () => {
    const inputs = {
      id: "{{trigger.body.id}}",
      size: 5,
      tags: ["a", "{{trigger.body.tag}}"],
      filter: { a: 1 },
      page: "3",
      state: "open",
      level: "2",
      free: "anything",
      labels: ["b"],
    };
    expect(problems(inputs)).toEqual([]);
  });

  it.each([
    [{ connector: "erp" }, `unknown_connector connector: there is no connector "erp"`],
    [{ endpoint: "delete" }, `unknown_endpoint endpoint: "CRM" has no endpoint "delete"`],
    [{ connection: null }, `missing_connection connection: choose a connection: "CRM" needs one`],
  ])("refuses %o", (more, problem) => {
    expect(problems({}, more)).toEqual([problem]);
  });

  it("needs no connection where the API asks for no credentials", () => {
    const open = new Map([["crm", { ...connector, auth: { kind: "none" as const } }]]);
    const node = { connector: "crm", endpoint: "update", connection: null, inputs: { id: "7", name: "Ada" } };
    const call = CallNode.parse({ id: "n", name: "N", position: { x: 0, y: 0 }, kind: "call", ...node });
    expect(callProblems(call, open)).toEqual([]);
  });

  it("names every required input that has neither value nor default", () => {
    expect(problems({}, { inputs: {} })).toEqual([
      `missing_input inputs.id: "User" is required`,
      `missing_input inputs.name: "Full name" is required`,
    ]);
    expect(problems({ id: "", name: null as unknown as Json })).toHaveLength(2);
  });

  it.each<[Record<string, Json>, string]>([
    [{ color: "red" }, `unknown_input inputs.color: "Update user" has no parameter "color"`],
    [{ size: "5" }, `wrong_type inputs.size: "Size" must be integer, not string`],
    [{ size: "{{trigger.body.size}}0" }, `wrong_type inputs.size: "Size" must be integer, not string`],
    [{ name: 5 }, `wrong_type inputs.name: "Full name" must be string, not number`],
    [{ page: [1] }, `wrong_type inputs.page: "Page" must be integer, not array`],
    [{ tags: `["a"]` }, `wrong_type inputs.tags: "Tags" must be array, but was entered as text: enter it as JSON`],
    [
      { filter: ` {"a": "{{trigger.id}}"}` },
      `wrong_type inputs.filter: "Filter" must be object, but was entered as text: enter it as JSON`,
    ],
    [{ tags: "a" }, `wrong_type inputs.tags: "Tags" must be array, not string`],
    [{ state: "opened" }, `not_in_list inputs.state: "State" must be one of the values in its list, not "opened"`],
    [{ level: 3 }, `not_in_list inputs.level: "Level" must be one of the values in its list, not 3`],
    [{ labels: ["a", "c"] }, `not_in_list inputs.labels: "Labels" must be one of the values in its list, not ["a","c"]`],
  ])("refuses %o", (inputs, problem) => {
    expect(problems(inputs)).toEqual([problem]);
  });

  it.each<Json>(["{{trigger.body.value}}", "{{= trigger.body.value }}", "{{ broken"])(
    "leaves to the run, and to the check of expressions, what %j gives",
    (text) => {
      expect(problems({ size: text, tags: text, filter: text, state: text, level: text })).toEqual([]);
    },
  );
});

function staticLink(values: (string | number)[]) {
  return { kind: "static" as const, values: values.map((value) => ({ value, label: String(value) })), allowCustom: false };
}
