import { describe, expect, test } from "vitest";
import { ConnectorDraft } from "./connector.ts";
import { lintConnector } from "./lint-connector.ts";

const endpoint = (key: string, more: object = {}) => ({
  key,
  name: `The ${key}`,
  description: "d",
  method: "GET",
  path: `/${key}`,
  parameters: [],
  responseSchema: { type: "object", properties: { id: { type: "integer" } } },
  ...more,
});
const draft = (endpoints: object[], more: object = {}) =>
  ConnectorDraft.parse({
    schemaVersion: 1,
    key: "mine",
    name: "Mine",
    description: "d",
    baseUrl: "https://api.example.com",
    auth: { kind: "none" },
    logo: { sha256: "0".repeat(64), media: "image/png", width: 420, height: 120 },
    limits: [{ windows: [{ limit: 5, perMs: 1_000 }] }],
    endpoints,
    ...more,
  });
const tested = [{ endpoint: "a", passed: true, stale: false }];
const rules = (more: object, whole: object = {}) =>
  lintConnector(draft([endpoint("a", more)], whole), tested).findings.map(({ rule }) => rule);

test("a connector that is described, tested and limited has all points", () => {
  expect(lintConnector(draft([endpoint("a")]), tested)).toEqual({ score: 100, findings: [] });
});

describe("finds", () => {
  const parameter = (more: object) => ({ parameters: [{ key: "q", name: "q", in: "query", type: "string", ...more }] });
  test.each<[string, object, object, string]>([
    ["no description", { description: " " }, {}, "description"],
    ["no description of the whole", {}, { description: "" }, "description"],
    ["a list without pages", { responseSchema: { type: "array" } }, {}, "list-without-pages"],
    ["a list in a field", { responseSchema: { properties: { data: { type: "array" }, total: {} } } }, {}, "list-without-pages"],
    ["an unknown answer", { responseSchema: undefined }, {}, "answer-unknown"],
    ["a search that counts as a change", { method: "POST", name: "Search people" }, {}, "effect-unsaid"],
    ["a key as a default", parameter({ key: "api_key", default: "abcdefgh1234" }), {}, "secret-in-default"],
    ["a token as a default", parameter({ default: "sk_test_0000000000" }), {}, "secret-in-default"],
    ["a parameter that nobody explains", parameter({ required: true }), {}, "parameter-unnamed"],
    ["no verification", {}, { auth: { kind: "bearer" } }, "no-verification"],
    ["no logo", {}, { logo: undefined }, "no-logo"],
    ["no limits", {}, { limits: [] }, "no-limits"],
  ])("%s", (_, more, whole, rule) => expect(rules(more, whole)).toEqual([rule]));

  test("what is not tested, or was changed since", () => {
    expect(lintConnector(draft([endpoint("a")]), [{ endpoint: "a", passed: true, stale: true }]).findings).toMatchObject([
      { rule: "untested", endpoint: "a" },
    ]);
  });
});

test("keys of the file that nothing understands are named, a misspelt one above all", () => {
  const { score, findings } = lintConnector(draft([endpoint("a")]), tested, [
    { key: "x-ms-visibilty", count: 3 },
    { key: "x-logo", count: 1 },
  ]);
  expect(score).toBe(98);
  expect(findings.map(({ message }) => message)).toEqual([
    'the file says "x-ms-visibilty" 3 times, which nothing understands: is it misspelt?',
    'the file says "x-logo" once, which nothing understands',
  ]);
});

test.each([
  [{ parameters: [{ key: "token", name: "Token", in: "query", type: "string", default: "{{x}}" }] }],
  [{ parameters: [{ key: "page_token", name: "Page token", in: "query", type: "string", default: "1" }] }],
  [{ responseSchema: { type: "array" }, pagination: { kind: "link", items: "" } }],
])("finds nothing wrong with %j", (more) => expect(rules(more)).toEqual([]));

test("a rule costs no more than its share, so that the score stays a measure", () => {
  const many = Array.from({ length: 40 }, (_, index) => endpoint(`e${index}`, { description: "" }));
  expect(lintConnector(draft(many), []).score).toBe(100 - 30 - 15);
});
