import { expect, it } from "vitest";
import { responseParameters } from "../connector/response-parameters.ts";
import type { Json } from "../json.ts";
import type { JsonSchema } from "./schema-path.ts";
import { shownSchema } from "./shown-schema.ts";

it("shows alternatives as one, with the fields of all", () => {
  const one = { type: "object", properties: { a: { type: "string" }, b: { type: "integer" } }, required: ["a", "b"] };
  const two = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
  expect(shownSchema({ anyOf: [one, two] })).toEqual({
    type: ["object"],
    properties: { a: { type: "string" }, b: { type: "integer" } },
    required: ["a"],
  });
  expect(shownSchema({ anyOf: [{ type: "string" }, { type: "null" }] })).toEqual({ type: ["string", "null"] });
  expect(shownSchema({ allOf: [one, { properties: { c: { type: "boolean" } }, required: ["c"] }] })).toMatchObject({
    properties: { a: {}, b: {}, c: { type: "boolean" } },
    required: ["a", "b", "c"],
  });
});

it("says no type where one alternative has none", () => {
  expect(shownSchema({ anyOf: [{ type: "string" }, { type: "integer" }, {}] })).toEqual({});
});

it("leaves out what lies deep in a schema that holds itself twice on every level", () => {
  let schema: JsonSchema = { type: "string" };
  for (let level = 0; level < 60; level++) schema = { type: "object", properties: { left: schema, right: schema } };
  const shown = shownSchema(schema);
  const count = ({ children }: ReturnType<typeof responseParameters>): number =>
    children.reduce((sum, child) => sum + count(child), 1);
  expect(count(responseParameters(shown as Json))).toBeLessThan(4_100);
  expect(shown).toMatchObject({ properties: { left: { properties: { right: { type: "object" } } } } });
});
