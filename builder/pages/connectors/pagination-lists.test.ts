import { describe, expect, it } from "vitest";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { cursorPaths, listPaths, newPagination, paginationProblem } from "./pagination-lists.ts";

const endpoint: Endpoint = {
  key: "list",
  name: "List",
  method: "GET",
  path: "/items",
  parameters: [
    { key: "page", name: "Page", in: "query", type: "integer", required: false },
    { key: "per_page", name: "Size", in: "query", type: "integer", required: false },
  ],
  responseSample: { data: [{ id: 1, tags: ["a"] }], meta: { next_cursor: "x", total: 2 } },
};

describe("a pagination recipe", () => {
  it("is chosen from what an answer has outside of lists", () => {
    expect(listPaths(endpoint)).toEqual(["data"]);
    expect(listPaths({ responseSample: [1] })).toEqual([""]);
    expect(cursorPaths(endpoint)).toEqual(["meta.next_cursor", "meta.total"]);
  });

  it("begins with what names tell", () => {
    expect(newPagination("page", endpoint)).toEqual({
      kind: "page",
      items: "data",
      parameter: "page",
      first: 1,
      sizeParameter: "per_page",
      size: 100,
    });
    expect(newPagination("cursor", endpoint)).toEqual({ kind: "cursor", items: "data", parameter: "", next: "meta.next_cursor" });
    expect(newPagination("link", endpoint)).toEqual({ kind: "link", items: "data" });
  });

  it("says what it misses, also when its parameter has gone", () => {
    expect(paginationProblem(newPagination("page", endpoint), endpoint)).toBeNull();
    expect(paginationProblem(newPagination("cursor", endpoint), endpoint)).toMatch(/choose the parameter/);
    expect(paginationProblem(newPagination("page", endpoint), { parameters: [] })).toMatch(/no parameter “page” any more/);
    expect(paginationProblem({ kind: "cursor", items: "", parameter: "page", next: "" }, endpoint)).toMatch(/next cursor/);
    expect(paginationProblem(undefined, endpoint)).toBeNull();
  });
});
