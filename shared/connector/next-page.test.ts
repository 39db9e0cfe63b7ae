import { describe, expect, test } from "vitest";
import type { Json } from "../json.ts";
import { firstPageInputs, itemsOf, joinPages, nextPage, type PagesSoFar } from "./next-page.ts";
import { Pagination } from "./pagination.ts";

const soFar = (more: Partial<PagesSoFar>): PagesSoFar => ({
  inputs: { q: "x" },
  pages: 1,
  items: 2,
  last: { headers: {}, body: { data: [1, 2] } },
  cursor: undefined,
  ...more,
});
const body = (value: Json) => soFar({ last: { headers: {}, body: value } });
const link = (header: string) => soFar({ last: { headers: { link: header }, body: [1] } });
const none = { page: "none" };

describe("a cursor", () => {
  const pagination = Pagination.parse({ kind: "cursor", items: "data", parameter: "after", next: "meta.next" });
  test("is taken from the answer", () => {
    expect(nextPage(pagination, body({ data: [1], meta: { next: "c2" } }))).toEqual({
      page: "inputs",
      inputs: { q: "x", after: "c2" },
    });
  });
  test.each([[{}], [{ meta: { next: null } }], [{ meta: { next: "" } }], [{ meta: { next: false } }]])(
    "ends with %j",
    (value) => {
      expect(nextPage(pagination, body(value))).toEqual(none);
    },
  );
  test("that comes again ends the list", () => {
    expect(nextPage(pagination, { ...body({ data: [1], meta: { next: "c1" } }), cursor: "c1" })).toEqual(none);
  });
});

describe("an offset", () => {
  const pagination = Pagination.parse({ kind: "offset", items: "data", parameter: "skip", sizeParameter: "take", size: 2 });
  test("goes on after what came, from where it began", () => {
    expect(firstPageInputs(pagination, { q: "x" })).toEqual({ q: "x", take: 2 });
    expect(firstPageInputs(pagination, { take: 9 })).toEqual({ take: 9 });
    expect(nextPage(pagination, soFar({ inputs: { skip: 10 }, items: 4 }))).toEqual({ page: "inputs", inputs: { skip: 14 } });
    expect(nextPage(pagination, soFar({ items: 2 }))).toEqual({ page: "inputs", inputs: { q: "x", skip: 2 } });
  });
  test("ends with a page that is short or empty", () => {
    expect(nextPage(pagination, body({ data: [1] }))).toEqual(none);
    expect(nextPage(pagination, { ...body({ data: [1, 2] }), inputs: { take: 3 } })).toEqual(none);
    const unsized = Pagination.parse({ kind: "offset", items: "data", parameter: "skip" });
    expect(nextPage(unsized, body({ data: [1] }))).toMatchObject({ page: "inputs" });
    expect(nextPage(unsized, body({ data: [] }))).toEqual(none);
  });
});

test("a page number is counted up from the first one, or from where it began", () => {
  const pagination = Pagination.parse({ kind: "page", items: "data", parameter: "page" });
  expect(nextPage(pagination, soFar({ pages: 2 }))).toEqual({ page: "inputs", inputs: { q: "x", page: 3 } });
  expect(nextPage({ ...pagination, first: 0 } as Pagination, soFar({ pages: 2 }))).toMatchObject({ inputs: { page: 2 } });
  expect(nextPage(pagination, soFar({ inputs: { page: 5 }, pages: 1 }))).toMatchObject({ inputs: { page: 6 } });
  expect(nextPage(pagination, body({ data: [] }))).toEqual(none);
});

describe("a Link header", () => {
  const pagination = Pagination.parse({ kind: "link", items: "" });
  test.each([
    [
      '<https://api.example.com/a?page=2>; rel="next", <https://api.example.com/a?page=9>; rel="last"',
      "https://api.example.com/a?page=2",
    ],
    ['</a?b=1,2;c>; rel="prev"; title="x, y", </a?page=3>; title="n"; rel="first next"', "/a?page=3"],
    ["</a?page=4>; rel=next", "/a?page=4"],
  ])("%s", (header, target) => expect(nextPage(pagination, link(header))).toEqual({ page: "link", target }));
  test("of nothing but brackets is read in its own length", { timeout: 1_000 }, () => {
    expect(nextPage(pagination, link("<".repeat(1_000_000)))).toEqual(none);
  });
  test.each([[""], ['</a>; rel="prev"'], ['</a>; rel="nextish"'], ["next"]])("ends with %j", (header) =>
    expect(nextPage(pagination, link(header))).toEqual(none),
  );
});

test("pages are joined as if they had come at once", () => {
  const nested = Pagination.parse({ kind: "link", items: "result.data" });
  const bodies: Json[] = [
    { result: { data: [1, 2] }, total: 3 },
    { result: { data: [3], more: false }, total: 3 },
  ];
  expect(joinPages(nested, bodies)).toEqual({ result: { data: [1, 2, 3], more: false }, total: 3 });
  expect(joinPages(Pagination.parse({ kind: "link", items: "" }), [[1], [2]])).toEqual([1, 2]);
  expect(itemsOf(nested, { result: {} })).toBeNull();
});
