import { expect, test } from "vitest";
import type { Json } from "../../shared/json.ts";
import { checkAssertions } from "./check-assertions.ts";

function fits(schema: Json, body: Json) {
  const test = { inputs: {}, assertions: [{ kind: "schema" as const }] };
  const endpoint = { key: "get", name: "Get", method: "GET" as const, path: "/", parameters: [], test, responseSchema: schema };
  return checkAssertions(endpoint, { status: 200, body })[0];
}

// Sixty letters took the validator's own expression for a URL longer than anybody waits.
test.each<[string, Json, Json]>([
  ["a format", { type: "string", format: "url" }, `http://${"a".repeat(60)}\n`],
  ["a pattern", { type: "string", pattern: "^(a+)+$" }, `${"a".repeat(60)}!`],
  ["unlike items", { type: "array", uniqueItems: true }, Array.from({ length: 100_000 }, (_, index) => index)],
])("an answer that is made for it cannot stop the server by %s", { timeout: 2_000 }, (_, schema, body) => {
  expect(fits(schema, body)?.passed).toBe(true);
});

test("fields that a pattern may allow are not refused", () => {
  const schema = { type: "object", patternProperties: { "^x-": {} }, additionalProperties: false, required: ["x-id"] };
  expect(fits(schema, { "x-id": 1 })?.passed).toBe(true);
  expect(fits(schema, {})?.passed).toBe(false);
});

test("holds fields to their schemas whatever they are called", () => {
  const properties = { pattern: { type: "string" }, uniqueItems: { type: "boolean" }, format: { const: { pattern: "a" } } };
  const schema = { type: "object", properties, additionalProperties: false };
  expect(fits(schema, { pattern: "a", uniqueItems: true, format: { pattern: "a" } })?.passed).toBe(true);
  expect(fits(schema, { pattern: 1 })?.passed).toBe(false);
  expect(fits(schema, { format: { pattern: "b" } })?.passed).toBe(false);
});

test.each<[string, Json]>([
  ["names itself", { $ref: "#" }],
  ["names nothing", { $ref: "#/nowhere" }],
  ["has no fields where they belong", { properties: { a: 5 }, required: 3 }],
])("says so when a schema %s", { timeout: 2_000 }, (_, schema) => {
  expect(fits(schema, { a: 1 })).toMatchObject({ passed: false });
});
