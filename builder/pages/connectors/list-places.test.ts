import { describe, expect, it } from "vitest";
import { listPlaces } from "./list-places.ts";

const places = (sample: unknown) => listPlaces({ responseSample: sample as never }).map(({ items, within }) => [items, within]);

describe("the places of a parameter link", () => {
  it("are the values within the items of a list", () => {
    expect(places({ total: 1, data: [{ id: 1, owner: { name: "x" }, tags: ["a"] }] })).toEqual([
      ["data", "id"],
      ["data", "owner.name"],
    ]);
  });

  it("are there when the answer is the list, of objects or of values", () => {
    expect(places([{ key: "a" }])).toEqual([["", "key"]]);
    expect(places(["a", "b"])).toEqual([["", ""]]);
  });

  it("quote names that are no identifiers", () => {
    expect(places({ "all items": [{ "the id": 1 }] })).toEqual([['["all items"]', '["the id"]']]);
  });

  it("are none where nothing is known", () => {
    expect(listPlaces({})).toEqual([]);
  });
});
