import { expect, test } from "vitest";
import type { ImportedOperation } from "../../../shared/connector/import-report.ts";
import { findOperations, tagsOf } from "./find-operations.ts";

const operation = (method: string, path: string, name: string, tags?: string[]): ImportedOperation => {
  return { key: name, method, path, name, ...(tags && { tags }), outcome: "imported", notes: [] };
};
const all = [
  operation("GET", "/pets", "List pets", ["pets"]),
  operation("POST", "/pets", "Make a pet", ["pets", "admin"]),
  operation("GET", "/orders", "List orders", ["orders"]),
];

test("every word must be somewhere in method, path or name", () => {
  const names = (search: string, tag = "") => findOperations(all, { search, tag }).map(({ name }) => name);
  expect(names("")).toHaveLength(3);
  expect(names("get PETS")).toEqual(["List pets"]);
  expect(names("list", "orders")).toEqual(["List orders"]);
  expect(names("nothing")).toEqual([]);
});

test("tags come by name, with their counts", () => {
  expect(tagsOf(all)).toEqual([
    { name: "admin", count: 1 },
    { name: "orders", count: 1 },
    { name: "pets", count: 2 },
  ]);
});
