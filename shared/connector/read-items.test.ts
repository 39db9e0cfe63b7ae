import { expect, test } from "vitest";
import type { Json } from "../json.ts";
import { readItems } from "./read-items.ts";
import { PollSource } from "./trigger.ts";

const source = (cursor?: PollSource["cursor"], more: object = {}) =>
  PollSource.parse({ kind: "poll", endpoint: "people", itemsPath: "data", dedupePath: "id", ...(cursor && { cursor }), ...more });
const read = (of: ReturnType<typeof source>, answers: Json[], before?: Json) => {
  const items = readItems(of, answers, before);
  return items && { keys: items.items.map(({ key }) => key), unnamed: items.unnamed, cursor: items.cursor };
};

test("without a cursor lists begin with the newest, over all pages", () => {
  expect(read(source(), [{ data: [{ id: 4 }, { id: 3 }] }, { data: [{ id: "2" }] }])).toEqual({
    keys: ["2", "3", "4"],
    unnamed: 0,
    cursor: undefined,
  });
});

test("the greatest value of an item is what it goes on from, and never goes back", () => {
  const greatest = source({ path: "at", of: "greatest-item" });
  const answer: Json = { data: [{ id: 1, at: 9 }, { id: 2, at: 10 }, { id: 3 }] };
  expect(read(greatest, [answer])).toEqual({ keys: ["3", "1", "2"], unnamed: 0, cursor: 10 });
  expect(read(greatest, [answer], 11)?.cursor).toBe(11);
  expect(read(greatest, [{ data: [] }], 11)).toEqual({ keys: [], unnamed: 0, cursor: 11 });
});

test("the last item, or the answer itself, may hold it", () => {
  const answer = {
    data: [
      { id: 1, at: "b" },
      { id: 2, at: "a" },
    ],
    next: "n-2",
  };
  expect(read(source({ path: "at", of: "last-item" }), [answer])).toEqual({ keys: ["1", "2"], unnamed: 0, cursor: "a" });
  expect(read(source({ path: "next", of: "answer" }), [answer], "n-1")?.cursor).toBe("n-2");
  expect(read(source({ path: "next", of: "answer" }), [{ data: [] }], "n-1")?.cursor).toBe("n-1");
});

test("numbers that JavaScript rounds name no item alone: two of them are never one", () => {
  const listed = JSON.parse('{ "data": [{ "id": 9007199254740993, "n": 1 }, { "id": 9007199254740992, "n": 2 }] }');
  expect(readItems(source(), [listed], undefined)?.items.map(({ item }) => item)).toEqual(listed.data.toReversed());
});

test("two items with one name are one, those without a name are counted, and no list is no list", () => {
  expect(read(source(undefined, { itemsPath: "" }), [[{ id: "a" }, { id: "a" }, { id: null }, "x"]])).toEqual({
    keys: ["a"],
    unnamed: 2,
    cursor: undefined,
  });
  expect(read(source(), [{ data: {} }])).toBeNull();
});
