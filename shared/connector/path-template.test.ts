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
    ["/users/{id}/:id", { id: "a%20b" }, "/users/a%20b/a%20b"],
    ["/users/:id", { id: "$&" }, "/users/$&"],
    ["/items/{id}:cancel", { id: "7" }, "/items/7:cancel"],
    ["/plain", {}, "/plain"],
  ])("%s with %o", (path, values, filled) => {
    expect(fillPath(path, new Map(Object.entries(values)))).toEqual({ path: filled });
  });

  test("names the first parameter that is absent", () => {
    expect(fillPath("/users/:id/:other", new Map())).toEqual({ missing: "id" });
  });

  test("refuses two values that make a segment of dots", () => {
    const dots = new Map([
      ["a", "."],
      ["b", "."],
    ]);
    expect(fillPath("/x/{a}{b}/y", dots)).toEqual({ missing: "a" });
  });
});
