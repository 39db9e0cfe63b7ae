import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../json.ts";
import { cutSample, inferSchema } from "./infer-schema.ts";

type JsonObject = { [key: string]: Json };

/** As much of JSON Schema as is inferred. */
function fits(value: Json, schema: Json): boolean {
  const { type, properties, required, items } = schema as { [key: string]: Json } & { properties?: JsonObject };
  const actual = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const types = type === undefined ? [actual] : Array.isArray(type) ? type : [type];
  if (!types.includes(actual) && !(types.includes("integer") && Number.isInteger(value))) return false;
  if (Array.isArray(value)) return items === undefined || value.every((item) => fits(item, items));
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(required) && !required.every((key) => Object.hasOwn(value, String(key)))) return false;
  return Object.entries(properties ?? {}).every(([key, inner]) => !Object.hasOwn(value, key) || fits(value[key] ?? null, inner));
}

const json = fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

describe("a schema", () => {
  test.each<[what: string, samples: Json[], schema: Json]>([
    ["an integer", [1], { type: "integer" }],
    ["a number, once one has a fraction", [1, 2.5], { type: "number" }],
    ["null beside another type", [null, "a"], { type: ["null", "string"] }],
    ["nothing", [], {}],
    ["a date", ["2026-01-31"], { type: "string", format: "date" }],
    ["a date and time", ["2026-01-31T10:00:00Z", "2026-01-31T10:00:00.5+02:00"], { type: "string", format: "date-time" }],
    ["an e-mail address", ["ada@example.com"], { type: "string", format: "email" }],
    ["a URL", ["https://example.com/a?b=c"], { type: "string", format: "uri" }],
    ["a UUID", ["018f2c3e-0000-7000-8000-00000000abcd"], { type: "string", format: "uuid" }],
    ["no format when one string has none", ["2026-01-31", "soon"], { type: "string" }],
    [
      "items merged over all",
      [[{ id: 1 }, { id: 2, name: "b" }]],
      {
        type: "array",
        items: { type: "object", properties: { id: { type: "integer" }, name: { type: "string" } }, required: ["id"] },
      },
    ],
    [
      "a field called __proto__",
      [JSON.parse('{"__proto__":1}')],
      JSON.parse('{"type":"object","properties":{"__proto__":{"type":"integer"}},"required":["__proto__"]}'),
    ],
  ])("tells %s", (_, samples, schema) => {
    expect(inferSchema(samples)).toEqual(schema);
  });

  test("fits each of its samples", () => {
    fc.assert(
      fc.property(fc.array(json, { maxLength: 5 }), (samples) => {
        const schema = inferSchema(samples);
        for (const sample of samples) expect(fits(sample, schema)).toBe(true);
      }),
    );
  });

  test("of a deep or broad value stays small", () => {
    let deep: Json = 1;
    for (let level = 0; level < 400; level++) deep = { inner: [deep] };
    expect(JSON.stringify(inferSchema([deep])).length).toBeLessThan(1_000);
    const broad = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field${index}`, index]));
    expect(JSON.stringify(inferSchema([broad])).length).toBeLessThan(20_000);
  });
});

describe("a sample", () => {
  test("keeps three items of an array and 500 characters of a text", () => {
    const sample = cutSample({ list: [1, 2, 3, 4], text: "x".repeat(600) }) as { list: Json[]; text: string };
    expect(sample.list).toEqual([1, 2, 3]);
    expect(sample.text).toHaveLength(500);
    expect(sample.text.endsWith("…")).toBe(true);
  });

  test("of a small value is the value", () => {
    const value = { a: [1, { b: null }], "": false };
    expect(cutSample(value)).toEqual(value);
  });

  test("is 20,000 characters of JSON at the most, and has its value's shape", () => {
    const heavy = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`field${index}`, { text: "y".repeat(900), inner: { text: "z".repeat(900) } }]),
    );
    for (const value of [heavy, [heavy, heavy], { data: { list: [heavy] } }]) {
      const sample = cutSample(value);
      expect(JSON.stringify(sample).length).toBeLessThanOrEqual(20_000);
      expect(Array.isArray(sample)).toBe(Array.isArray(value));
      expect(sample).not.toEqual({});
    }
    fc.assert(
      fc.property(json, (value) => {
        expect(typeof cutSample(value)).toBe(typeof value);
      }),
    );
  });
});
