import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/json.ts";
import { pullParameters } from "./response-pull.ts";
import { fieldsAtOnce, openFieldsAtFirst, responseRows } from "./response-rows.ts";
import { placeText, withField, withNewField, withoutField } from "./response-schema.ts";

const choices = { keep: true, taken: new Set<string>() };
const known: Json = {
  type: "object",
  required: ["id", "state", "gone"],
  properties: {
    id: { type: "integer", description: "Its number" },
    state: { type: "string", enum: ["open", "done"] },
    note: { type: ["string", "null"] },
    gone: { type: "string" },
    tags: { type: "array", items: { type: "string" } },
  },
};

describe("pulled parameters", () => {
  it("are what fits all samples, nested ones too", () => {
    const { schema, differences } = pullParameters([{ a: { b: [1] } }, { a: { b: [] }, c: null }], undefined, choices);
    expect(schema).toEqual({
      type: "object",
      properties: {
        a: {
          type: "object",
          properties: { b: { type: "array", items: { type: "integer" } } },
          required: ["b"],
        },
        c: { type: "null" },
      },
      required: ["a"],
    });
    expect(differences).toEqual([]);
  });

  it("keep descriptions, enumerations that hold, and what may be absent or null", () => {
    const { schema } = pullParameters([{ id: 7, state: "open", note: "x", tags: [] }], known, choices);
    expect(schema).toMatchObject({
      required: ["id", "state"],
      properties: {
        id: { type: "integer", description: "Its number" },
        state: { enum: ["open", "done"] },
        note: { type: ["string", "null"] },
        gone: { type: "string" },
        tags: { items: { type: "string" } },
      },
    });
  });

  it("lose an enumeration that does not hold, and fields that did not come when they are not to be kept", () => {
    const { schema, differences } = pullParameters([{ id: "7", state: "stuck" }], known, { ...choices, keep: false });
    expect(schema).toEqual({
      type: "object",
      properties: { id: { type: "string", description: "Its number" }, state: { type: "string" } },
      required: ["id", "state"],
    });
    expect(differences).toEqual([
      { kind: "type", path: "id", declared: "integer", seen: "string" },
      { kind: "absent", path: "gone", declared: "string" },
    ]);
  });

  it("know more of a null than the null says", () => {
    expect(pullParameters([{ state: null }], known, choices).schema).toMatchObject({
      properties: { state: { type: ["string", "null"], enum: ["open", "done"] } },
    });
  });

  it("take the enumerations that a person took", () => {
    const samples = [["open", "done", "open", "done", "open", "open"].map((state) => ({ state }))];
    const before = pullParameters(samples, undefined, choices);
    expect(before.suggestions).toEqual([{ path: "[].state", values: ["done", "open"] }]);
    expect(JSON.stringify(before.schema)).not.toContain("enum");
    const { schema } = pullParameters(samples, undefined, { ...choices, taken: new Set(["[].state"]) });
    expect(schema).toMatchObject({ items: { properties: { state: { enum: ["done", "open"] } } } });
  });
});

it("values that repeat only because an answer came again are no enumeration", () => {
  const items = ["one", "two", "three", "four"].map((name) => ({ name }));
  expect(pullParameters([items, items, items], undefined, choices).suggestions).toEqual([]);
});

describe("a response schema that is edited", () => {
  const facts = { type: "string", nullable: false, optional: false, format: "", values: [], description: "" };
  const list: Json = { type: "array", items: { type: "object", properties: { id: { type: "integer" } } } };

  it("changes a field in its place: type, null, absence, description", () => {
    const next = withField(list, [0, "id"], { ...facts, nullable: true, description: "Key" });
    expect(next.items).toEqual({
      type: "object",
      properties: { id: { type: ["string", "null"], description: "Key" } },
      required: ["id"],
    });
    expect(withField(next, [0, "id"], { ...facts, optional: true }).items).toEqual({
      type: "object",
      properties: { id: { type: "string" } },
    });
  });

  it("keeps what a field holds while its type stays, and drops it with the type", () => {
    expect(withField(list, [0], { ...facts, type: "object", description: "One" }).items).toMatchObject({
      properties: { id: { type: "integer" } },
      description: "One",
    });
    expect(withField(list, [0], facts).items).toEqual({ type: "string" });
  });

  it("gains a field, once, and loses one", () => {
    const next = withNewField(list, [0], "name", facts);
    expect(next.items).toMatchObject({ properties: { id: {}, name: { type: "string" } }, required: ["name"] });
    expect(withNewField(next, [0], "name", { ...facts, type: "object" })).toEqual(next);
    expect(withoutField(next, [0, "name"])).toEqual(list);
    expect(withoutField(list, [0])).toEqual({ type: "array" });
  });

  it("names its fields as people read them", () => {
    expect([[], [0], ["data", 0, "a b"], ["x", "y"]].map(placeText)).toEqual(["response", "[]", 'data[]["a b"]', "x.y"]);
  });

  it("has values that are allowed, null among them where it may be null", () => {
    expect(withField({ type: "string" }, [], { ...facts, nullable: true, values: ["a"], format: "date" })).toEqual({
      type: ["string", "null"],
      format: "date",
      enum: ["a", null],
    });
  });
});

describe("the rows of a large tree", () => {
  const wide: Json = {
    type: "object",
    properties: Object.fromEntries(
      Array.from({ length: 5_000 }, (_, index) => [`field${index}`, { type: "object", properties: { id: { type: "integer" } } }]),
    ),
  };

  it("are a hundred of an object at first, and more when they are asked for", () => {
    const open = openFieldsAtFirst(wide);
    expect(open.size).toBe(1);
    const rows = responseRows(wide, open, new Map());
    expect(rows).toHaveLength(1 + fieldsAtOnce + 1);
    expect(rows.at(-1)?.more).toEqual({ container: "[]", left: 4_900 });
    expect(responseRows(wide, open, new Map([["[]", 300]]))).toHaveLength(302);
  });

  it("say type, absence and what is below", () => {
    const rows = responseRows(
      { type: ["array", "null"], items: { properties: { a: { type: "string" } } } },
      new Set(["[]", "[0]"]),
      new Map(),
    );
    expect(rows.map(({ name, facts, count }) => [name, facts.type, facts.nullable, facts.optional, count])).toEqual([
      ["response", "array", true, false, 1],
      ["[]", "object", false, false, 1],
      ["a", "string", false, true, 0],
    ]);
  });
});
