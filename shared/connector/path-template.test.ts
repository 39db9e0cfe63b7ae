import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillPath, pathParameters } from "./path-template.ts";

describe("the parameters of a path", () => {
  test.each([
    ["/users", []],
    ["/users/:id", ["id"]],
    ["/users/{id}", ["id"]],
    ["/users/:id/posts/{post_id}", ["id", "post_id"]],
    ["/:a/:a/{a}", ["a"]],
    ["/flights/:from-:to", ["from", "to"]],
    ["/files/{name}.json", ["name"]],
    ["/items/{id}:cancel", ["id"]],
    ["/items:batchGet", []],
    ["/at/12:30", []],
    ["/{not a name}", []],
  ])("%s", (path, names) => {
    expect(pathParameters(path)).toEqual(names);
  });
});

describe("filling a path in", () => {
  test.each([
    ["/users/:id", { id: "42" }, "/users/42"],
    ["/users/{id}/:id", { id: "a b" }, "/users/a%20b/a%20b"],
    ["/users/:id", { id: "../admin" }, "/users/..%2Fadmin"],
    ["/users/:id", { id: "a?b#c" }, "/users/a%3Fb%23c"],
    ["/users/:id", { id: "%2e%2e" }, "/users/%252e%252e"],
    ["/users/:id", { id: "é\u{1f600}" }, "/users/%C3%A9%F0%9F%98%80"],
    ["/users/:id", { id: "$&" }, "/users/%24%26"],
    ["/items/{id}:cancel", { id: "7" }, "/items/7:cancel"],
    ["/plain", {}, "/plain"],
  ])("%s with %o", (path, values, filled) => {
    expect(fillPath(path, new Map(Object.entries(values)))).toEqual({ path: filled });
  });

  test.each([
    ["an absent value", undefined],
    ["nothing", ""],
    ["a dot", "."],
    ["two dots", ".."],
  ])("names the first parameter with %s", (_, value) => {
    const values = new Map(value === undefined ? [] : [["id", value]]);
    expect(fillPath("/users/:id/:other", values)).toEqual({ missing: "id" });
  });

  test("never throws, and never lets a value leave its segment", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const filled = fillPath("/a/:id/b", new Map([["id", value]]));
        if ("missing" in filled) {
          expect(["", ".", ".."]).toContain(value);
          return;
        }
        const url = new URL(`https://api.example.com${filled.path}`);
        expect(url.host).toBe("api.example.com");
        expect(url.pathname.split("/")).toHaveLength(4);
        expect(url.search + url.hash).toBe("");
      }),
    );
    expect(fillPath("/:id", new Map([["id", "\ud800"]]))).toEqual({ path: "/%EF%BF%BD" });
  });
});
