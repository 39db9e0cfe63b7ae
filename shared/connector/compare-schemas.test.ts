import { expect, test } from "vitest";
import { compareSchemas } from "./compare-schemas.ts";
import { inferSchema } from "./infer-schema.ts";

const declared = {
  type: "object",
  required: ["id", "data"],
  properties: {
    id: { type: "integer" },
    price: { type: "number" },
    data: { type: "array", items: { type: "object", required: ["name"], properties: { name: { type: "string" } } } },
    extra: { type: "object" },
  },
};
const seen = (...samples: Parameters<typeof inferSchema>[0]) => compareSchemas(declared, inferSchema(samples));

test("an answer as it was declared, with what may be absent left out", () => {
  expect(seen({ id: 1, price: 2, data: [{ name: "a" }], extra: { anything: 1 } })).toEqual([]);
  expect(seen({ id: 1, data: [] })).toEqual([]);
});

test("names what is undeclared, what is absent, and what has another type, at any depth", () => {
  expect(seen({ id: "1", more: true, data: [{ title: "a" }] })).toEqual([
    { kind: "type", path: "id", declared: "integer", seen: "string" },
    { kind: "undeclared", path: "more", seen: "boolean" },
    { kind: "undeclared", path: "data[].title", seen: "string" },
    { kind: "absent", path: "data[].name", declared: "string" },
  ]);
  expect(compareSchemas(declared, inferSchema([[1]]))).toEqual([
    { kind: "type", path: "response", declared: "object", seen: "array" },
  ]);
});
