import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../json.ts";
import type { ParameterStyle } from "./parameter.ts";
import { fillPath } from "./path-template.ts";
import { headerText, pairsOf, pathText } from "./serialize-value.ts";

const list = ["blue", "black"];
const color = { R: 100, G: 200 };

/** The table of OpenAPI 3.1, 4.8.12.6. */
describe("styles of a query", () => {
  test.each<[ParameterStyle | undefined, boolean | undefined, Json, [string, string][]]>([
    [undefined, undefined, "blue", [["color", "blue"]]],
    [
      undefined,
      undefined,
      list,
      [
        ["color", "blue"],
        ["color", "black"],
      ],
    ],
    ["form", false, list, [["color", "blue,black"]]],
    [
      "form",
      true,
      color,
      [
        ["R", "100"],
        ["G", "200"],
      ],
    ],
    ["form", false, color, [["color", "R,100,G,200"]]],
    ["spaceDelimited", undefined, list, [["color", "blue black"]]],
    ["pipeDelimited", undefined, list, [["color", "blue|black"]]],
    [
      "deepObject",
      undefined,
      color,
      [
        ["color[R]", "100"],
        ["color[G]", "200"],
      ],
    ],
    [
      "deepObject",
      true,
      { a: { b: [1, 2] } },
      [
        ["color[a][b][0]", "1"],
        ["color[a][b][1]", "2"],
      ],
    ],
    ["json", undefined, color, [["color", '{"R":100,"G":200}']]],
    [undefined, undefined, [], []],
  ])("%s, explode %s: %j", (style, explode, value, pairs) => {
    expect(pairsOf("color", value, { style, explode }, "query")).toEqual(pairs);
  });

  test("an object in a form without a style is JSON", () => {
    expect(pairsOf("color", color, {}, "form")).toEqual([["color", '{"R":100,"G":200}']]);
  });
});

describe("styles of a path", () => {
  test.each<[ParameterStyle | undefined, boolean | undefined, Json, string | null]>([
    [undefined, undefined, "blue", "blue"],
    [undefined, undefined, list, "blue,black"],
    ["simple", false, color, "R,100,G,200"],
    ["simple", true, color, "R=100,G=200"],
    ["label", false, "blue", ".blue"],
    ["label", false, list, ".blue,black"],
    ["label", true, list, ".blue.black"],
    ["label", true, color, ".R=100.G=200"],
    ["matrix", false, "blue", ";color=blue"],
    ["matrix", false, list, ";color=blue,black"],
    ["matrix", true, list, ";color=blue;color=black"],
    ["matrix", true, color, ";R=100;G=200"],
    ["matrix", false, color, ";color=R,100,G,200"],
    [undefined, undefined, "a/b?c#d,e", "a%2Fb%3Fc%23d%2Ce"],
    [undefined, undefined, "", null],
    [undefined, undefined, ".", null],
    [undefined, undefined, "..", null],
    [undefined, undefined, "%2e%2e", "%252e%252e"],
    [undefined, undefined, "\ud800", "%EF%BF%BD"],
  ])("%s, explode %s: %j", (style, explode, value, text) => {
    expect(pathText("color", value, { style, explode })).toBe(text);
  });

  test("never throws, and never lets a value leave its segment", () => {
    const values = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.string({ unit: "binary" })),
      fc.dictionary(fc.string(), fc.string()),
    );
    const styles = fc.constantFrom<(ParameterStyle | undefined)[]>(undefined, "simple", "label", "matrix");
    fc.assert(
      fc.property(values, styles, fc.boolean(), (value, style, explode) => {
        const text = pathText("id", value as Json, { style, explode });
        if (text === null) return;
        const filled = fillPath("/a/:id/b", new Map([["id", text]]));
        if ("missing" in filled) return expect(text).toMatch(/^\.{1,2}$/);
        const url = new URL(`https://api.example.com${filled.path}`);
        expect(url.host).toBe("api.example.com");
        expect(url.pathname.split("/")).toHaveLength(4);
        expect(url.search + url.hash).toBe("");
      }),
      { numRuns: 500 },
    );
  });
});

test.each<[boolean | undefined, Json, string]>([
  [undefined, "blue", "blue"],
  [undefined, list, "blue,black"],
  [false, color, "R,100,G,200"],
  [true, color, "R=100,G=200"],
])("a header, explode %s: %j", (explode, value, text) => {
  expect(headerText(value, { explode })).toBe(text);
});
