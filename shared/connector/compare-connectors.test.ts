import { expect, test } from "vitest";
import { compareConnectors } from "./compare-connectors.ts";
import { ConnectorDraft } from "./connector.ts";

const parameter = (key: string, more: object = {}) => ({ key, name: key, in: "query", type: "string", required: false, ...more });
const endpoint = (key: string, more: object = {}) => ({
  key,
  name: key,
  method: "GET",
  path: `/${key}`,
  parameters: [],
  ...more,
});
const draft = (endpoints: object[], more: object = {}) =>
  ConnectorDraft.parse({
    schemaVersion: 1,
    key: "mine",
    name: "Mine",
    description: "",
    baseUrl: "https://api.example.com",
    auth: { kind: "none" },
    endpoints,
    ...more,
  });
const changes = (before: object[], after: object[]) => compareConnectors(draft(before), draft(after)).parts;

test("nothing changed", () => {
  expect(compareConnectors(draft([endpoint("a")]), draft([endpoint("a")]))).toEqual({ parts: [], signIn: [] });
});

test("what is added harms nobody, what is removed does", () => {
  expect(changes([endpoint("a")], [endpoint("b")])).toEqual([
    { part: "endpoint", key: "a", name: "a", change: "removed", details: [], breaking: ["it is gone"] },
    { part: "endpoint", key: "b", name: "b", change: "added", details: [], breaking: [] },
  ]);
});

test.each<[string, object, object, { details?: string[]; breaking?: string[] }]>([
  ["another path", {}, { path: "/x" }, { details: ["it is GET /x now, and was GET /a"] }],
  ["another effect", { effect: "read" }, { effect: "unsafe" }, { breaking: ["its effect is unsafe now, and was read"] }],
  ["a parameter that went", { parameters: [parameter("q")] }, {}, { breaking: ['the parameter "q" is gone'] }],
  ["an optional parameter", {}, { parameters: [parameter("q")] }, { details: ['the parameter "q" is new'] }],
  [
    "a required parameter",
    {},
    { parameters: [parameter("q", { required: true })] },
    { breaking: ['the parameter "q" is new, and required'] },
  ],
  [
    "a required parameter with a default",
    {},
    { parameters: [parameter("q", { required: true, default: "x" })] },
    { details: ['the parameter "q" is new'] },
  ],
  [
    "a parameter of another type that is required now",
    { parameters: [parameter("q")] },
    { parameters: [parameter("q", { type: "integer", required: true })] },
    { breaking: ['"q" is required now', '"q" is integer now, and was string'] },
  ],
  [
    "a field of the answer that went",
    { responseSchema: { properties: { a: { items: { properties: { b: {}, c: {} } } } } } },
    { responseSchema: { properties: { a: { items: { properties: { c: {} } } } } } },
    { breaking: ["its answer no longer has a[].b"] },
  ],
  [
    "an answer of which nothing is known now",
    { responseSchema: { properties: { a: {} } } },
    {},
    { details: ["the schema of its answer changed"] },
  ],
])("%s", (_, before, after, expected) => {
  expect(changes([endpoint("a", before)], [endpoint("a", after)])).toEqual([
    { part: "endpoint", key: "a", name: "a", change: "changed", details: [], breaking: [], ...expected },
  ]);
});

test("actions and what signs in are compared too", () => {
  const action = (more: object) => ({ key: "find", name: "Find", category: "retrieve", endpoint: "a", inputs: [], ...more });
  const before = draft([endpoint("a")], { actions: [action({ output: [{ name: "id", path: "id" }] })] });
  const after = draft([endpoint("a")], { baseUrl: "https://b.example.com", actions: [action({ output: [] })] });
  expect(compareConnectors(before, after)).toMatchObject({
    parts: [{ part: "action", change: "changed", breaking: ['its output no longer has "id"'] }],
    signIn: ["the base URL is https://b.example.com now"],
  });
});
