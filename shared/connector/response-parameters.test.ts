import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPath } from "../flow/expression.ts";
import { flattenParameters, responseParameters } from "./response-parameters.ts";

const schema = {
  type: "object",
  required: ["total", "data"],
  properties: {
    total: { type: "integer" },
    data: { type: "array", items: { type: "object", properties: { id: { type: ["string", "null"] } } } },
  },
};

describe("the tree of response parameters", () => {
  it("has the fields of objects and the items of lists, with their types", () => {
    const { type, children } = responseParameters(schema);
    expect(type).toBe("object");
    expect(flattenParameters(responseParameters(schema)).map(({ path, type }) => [path.join("."), type])).toEqual([
      ["total", "integer"],
      ["data", "array"],
      ["data.0", "object"],
      ["data.0.id", "string"],
    ]);
    expect(children[0]?.optional).toBe(false);
    expect(flattenParameters(responseParameters(schema)).at(-1)?.optional).toBe(true);
  });

  it("shows what the sample held, also where the schema is silent", () => {
    const root = responseParameters(schema, { total: 2, data: [{ id: "a", extra: { deep: true } }] });
    const found = Object.fromEntries(flattenParameters(root).map(({ path, type, sample }) => [path.join("."), [type, sample]]));
    expect(found.total).toEqual(["integer", 2]);
    expect(found["data.0.id"]).toEqual(["string", "a"]);
    expect(found["data.0.extra.deep"]).toEqual(["boolean", true]);
  });

  it("is read from a sample alone", () => {
    const root = responseParameters(undefined, [{ id: 1 }]);
    expect(root.type).toBe("array");
    expect(flattenParameters(root).map(({ name }) => name)).toEqual(["[]", "id"]);
  });

  it("takes OpenAPI 3.0's nullable for a value that may be null", () => {
    const root = responseParameters({
      type: "object",
      required: ["id"],
      properties: { id: { type: "string", nullable: true } },
    });
    expect(root.children[0]).toMatchObject({ type: "string", optional: true });
  });

  it("gives each place of any sample a path that leads to what it shows", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const sample = JSON.parse(JSON.stringify(value));
        for (const { path, sample: shown } of flattenParameters(responseParameters(undefined, sample)))
          expect(readPath(sample, path)).toEqual(shown);
      }),
    );
  });

  it("ends, however deep the schema goes", () => {
    let deep: Record<string, unknown> = { type: "string" };
    for (let level = 0; level < 400; level++) deep = { type: "object", properties: { inner: deep } };
    expect(flattenParameters(responseParameters(deep as never)).length).toBeLessThan(20);
  });
});
