import { expect, test } from "vitest";
import { childrenAtOnce, type JsonValue, jsonRows, jsonSize, openAtFirst, pathText } from "./json-rows.ts";

const nothing = new Map<string, number>();
const keys = (value: JsonValue, open: Set<string>) => jsonRows(value, open, nothing).map((row) => pathText("$", row.path));

test("lists the children of open containers only, in their order", () => {
  const value = { b: { inner: 1 }, a: [true, null] };
  expect(keys(value, new Set(["[]"]))).toEqual(["$", "$.b", "$.a"]);
  expect(keys(value, new Set(["[]", '["a"]']))).toEqual(["$", "$.b", "$.a", "$.a[0]", "$.a[1]"]);
});

test("tells an array index from a key that looks like one", () => {
  const rows = jsonRows({ 0: "key", list: ["item"] }, new Set(["[]", '["list"]']), nothing);
  expect(rows.map((row) => row.id)).toEqual(["[]", '["0"]', '["list"]', '["list",0]']);
});

test("stops after so many children and says how many are left", () => {
  const list = Array.from({ length: childrenAtOnce + 30 }, (_, index) => index);
  const rows = jsonRows(list, new Set(["[]"]), nothing);
  expect(rows).toHaveLength(1 + childrenAtOnce + 1);
  expect(rows.at(-1)?.more).toEqual({ container: "[]", left: 30 });
  const asked = jsonRows(list, new Set(["[]"]), new Map([["[]", 1_000]]));
  expect(asked).toHaveLength(1 + list.length);
});

test("opens small values whole and large ones only at the top", () => {
  expect(openAtFirst({ a: { b: { c: 1 } } })).toEqual(new Set(["[]", '["a"]', '["a","b"]']));
  const wide = { wide: Array.from({ length: 500 }, (_, index) => index), small: { x: 1 } };
  expect(openAtFirst(wide)).toEqual(new Set(["[]", '["small"]']));
  const listed = { names: Array.from({ length: 14 }, (_, index) => index), person: { name: "Ada" } };
  expect(openAtFirst(listed)).toEqual(new Set(["[]", '["person"]']));
  expect(openAtFirst(Array.from({ length: 500 }, () => 1))).toEqual(new Set(["[]"]));
});

test("does not open what has no children", () => {
  expect(openAtFirst("text")).toEqual(new Set());
  expect(jsonRows([], new Set(["[]"]), nothing)[0]?.open).toBe(false);
});

test("keeps a key named __proto__ as data", () => {
  const value = JSON.parse('{"__proto__": {"x": 1}}');
  expect(keys(value, openAtFirst(value))).toEqual(["$", "$.__proto__", "$.__proto__.x"]);
});

test.each([
  ["steps.search.output", ["data", 0, "id"], "steps.search.output.data[0].id"],
  ["trigger.body", ["first name"], 'trigger.body["first name"]'],
  ["trigger.body", ['a"b'], 'trigger.body["a\\"b"]'],
  ["trigger.body", ["x-id"], "trigger.body.x-id"],
  ["trigger.body", ["0"], 'trigger.body["0"]'],
  ["", ["a", "b"], "a.b"],
  ["input", [], "input"],
])("writes the path %s %j as an expression does", (root, path, text) => {
  expect(pathText(root, path)).toBe(text);
});

test("measures a value in bytes of UTF-8", () => {
  expect(jsonSize({ a: "é" })).toBe(10);
});
