import fc from "fast-check";
import { expect, it } from "vitest";
import type { Json } from "../json.ts";
import { changesOf, sameJson } from "./json-changes.ts";

it("names each place that is another, new or gone", () => {
  const before = { a: [1, { b: "x" }], "odd name": null, gone: true, same: [1] };
  const after = { same: [1], a: [1, { b: "y" }, 3], "odd name": {}, new: 0 };
  expect(changesOf(before, after)).toEqual({
    places: [
      { path: "a[1].b", before: '"x"', after: '"y"' },
      { path: "a[2]", after: "3" },
      { path: '["odd name"]', before: "null", after: "{}" },
      { path: "gone", before: "true" },
      { path: "new", after: "0" },
    ],
    more: 0,
  });
  expect(changesOf([], {})).toEqual({ places: [{ path: "", before: "[]", after: "{}" }], more: 0 });
});

it("ends after twenty places, and cuts what is long", () => {
  const { places, more } = changesOf(Array(25).fill("x".repeat(400)), Array(25).fill(1));
  expect([places.length, more, places[0]?.before?.length]).toEqual([20, 5, 301]);
});

const value = fc.jsonValue() as fc.Arbitrary<Json>;

it("finds nothing in a copy, whose fields stand in another order", () => {
  const reversed = (json: Json): Json => {
    if (typeof json !== "object" || json === null) return json;
    if (Array.isArray(json)) return json.map(reversed);
    const entries = Object.entries(json).reverse();
    return Object.fromEntries(entries.map(([key, inner]) => [key, reversed(inner)]));
  };
  // -0 is 0 once it has been stored.
  fc.assert(fc.property(value, (json) => sameJson(JSON.parse(JSON.stringify(json)), reversed(JSON.parse(JSON.stringify(json))))));
});

it("finds something wherever two values are not the same", () => {
  const sorted = (json: Json): Json =>
    typeof json !== "object" || json === null || Array.isArray(json)
      ? Array.isArray(json)
        ? json.map(sorted)
        : json
      : Object.fromEntries(
          Object.keys(json)
            .sort()
            .map((key) => [key, sorted(json[key] ?? null)]),
        );
  fc.assert(
    fc.property(value, value, (one, other) => {
      expect(sameJson(one, other)).toBe(JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)));
    }),
  );
});
