import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { compileRecipe } from "./compile-recipe.ts";

type Options = { path?: string; maxItems?: number; candidates?: object[]; headers?: Record<string, string> };

describe("splitting a delivery", () => {
  it("gives one event with its key and type where no batch is declared", () => {
    const recipe = SignatureRecipe.parse({
      kind: "url-secret",
      dedupe: { candidates: [{ in: "body", path: "id" }] },
      eventType: { in: "body", path: "type" },
    });
    const body = Buffer.from(`{"id":7,"type":"a.b"}`);
    const split = compileRecipe(recipe, []).split({ method: "POST", url: "https://h.test/", headers: () => null, body });
    expect(split).toEqual({ items: [{ body, dedupeKey: "body:id:7", eventType: "a.b" }] });
  });

  it("gives each item as it was written, with the key and type inside it", () => {
    const body = `{"n":[1],"value":[ {"id": 1, "type":"x", "big":12345678901234567890 } ,\n{"id":2,"s":"],}\\"","type":5}]}`;
    expect(split(body, { path: "value" })).toEqual([
      [`{"id": 1, "type":"x", "big":12345678901234567890 }`, "body:id:1", "x"],
      [`{"id":2,"s":"],}\\"","type":5}`, "body:id:2", "5"],
    ]);
  });

  it("counts a key that repeats within one batch once, and items without a key each", () => {
    expect(split(`[{"id":1},{"id":1},{},{}]`)).toEqual([
      [`{"id":1}`, "body:id:1", null],
      ["{}", null, null],
      ["{}", null, null],
    ]);
  });

  it("numbers the items where the key is the delivery's, and tells bodies apart by their hash", () => {
    const headers = { "x-id": "d1" };
    expect(split("[1,2]", { candidates: [{ in: "header", name: "X-Id" }], headers })).toEqual([
      ["1", "header:x-id:d1#0", null],
      ["2", "header:x-id:d1#1", null],
    ]);
    expect(split("[1,2,1]", { candidates: [{ in: "body-hash" }] })).toHaveLength(2);
    const bodies = { candidates: [{ in: "bodies", paths: ["a", "b"] }] };
    expect(split(`[{"a":"1","b":2},{"a":"1"},{"a":"1\\",\\"2","b":""}]`, bodies)).toMatchObject(
      [
        [{}, `bodies:a,b:["1","2"]`],
        [{}, null],
        [{}, null],
      ].map(([, key]) => [expect.any(String), key, null]),
    );
  });

  it.each([
    ["no JSON", "id=1", {}],
    ["no list", `{"value":{}}`, { path: "value" }],
    ["a list elsewhere", `{"value":[]}`, {}],
    ["nothing at the path", "{}", { path: "value" }],
    ["one item too many", "[1,2,3]", { maxItems: 2 }],
    ["empty", "", {}],
  ])("refuses a body that is %s, whole", (_, body, options) => {
    expect(split(body, options)).toBe("batch_unreadable");
  });

  it("takes an empty list for no event, and a name that is there twice as JSON.parse does", () => {
    expect(split("[]")).toEqual([]);
    expect(split(`{"v":[1],"\\u0076":[2]}`, { path: "v" })).toMatchObject([["2", null, null]]);
    expect(split(`\ufeff [ 1 ] `)).toMatchObject([["1", null, null]]);
    expect(split(`{"a":[[0],{"b":[3]}]}`, { path: "a[1].b" })).toMatchObject([["3", null, null]]);
  });

  it("gives back any list, item by item", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), fc.constantFrom(undefined, 1, "\t"), (items, indent) => {
        const texts = split(JSON.stringify({ a: items }, null, indent), { path: "a" });
        expect(Array.isArray(texts) && texts.map(([text]) => JSON.parse(String(text)))).toEqual(
          JSON.parse(JSON.stringify(items)),
        );
      }),
      { numRuns: 200 },
    );
  });
});

function split(
  body: string,
  { path = "", maxItems = 1_000, candidates = [{ in: "body", path: "id" }], headers = {} }: Options = {},
) {
  const recipe = SignatureRecipe.parse({
    kind: "url-secret",
    batch: { path, maxItems },
    dedupe: { candidates },
    eventType: { in: "body", path: "type" },
  });
  const delivery = {
    method: "POST",
    url: "https://h.test/",
    headers: (name: string) => headers[name] ?? null,
    body: Buffer.from(body),
  };
  const result = compileRecipe(recipe, []).split(delivery);
  return "items" in result
    ? result.items.map((item) => [item.body.toString("utf8"), item.dedupeKey, item.eventType])
    : result.reason;
}
