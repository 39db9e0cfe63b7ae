import { describe, expect, it } from "vitest";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import { parameterProblems, withType } from "./parameter-problems.ts";
import { sentExample, stylesFor } from "./parameter-styles.ts";

const parameter = (more: Partial<Parameter> = {}): Parameter => ({
  key: "filter",
  name: "Filter",
  in: "query",
  type: "array",
  required: false,
  ...more,
});

describe("the styles of a parameter", () => {
  it("are those that its place allows, for lists and objects alone", () => {
    expect(stylesFor(parameter({ type: "string" }), "json")).toEqual([]);
    expect(stylesFor(parameter(), "json")).toEqual(["form", "spaceDelimited", "pipeDelimited", "json"]);
    expect(stylesFor(parameter({ type: "object" }), "json")).toContain("deepObject");
    expect(stylesFor(parameter({ in: "path" }), "json")).toEqual(["simple", "label", "matrix", "json"]);
    expect(stylesFor(parameter({ in: "header" }), "json")).toEqual(["simple", "json"]);
    expect(stylesFor(parameter({ in: "body" }), "json")).toEqual([]);
    expect(stylesFor(parameter({ in: "body" }), "form")).toContain("pipeDelimited");
  });

  it.each([
    [{}, "filter=a&filter=b"],
    [{ style: "form", explode: false }, "filter=a,b"],
    [{ style: "pipeDelimited" }, "filter=a|b"],
    [{ type: "object", style: "deepObject" }, "filter[from]=1&filter[to]=2"],
    [{ type: "object", style: "json" }, 'filter={"from":"1","to":"2"}'],
    [{ in: "path", style: "matrix" }, ";filter=a,b"],
    [{ in: "header", wireName: "X-Filter" }, "X-Filter: a,b"],
    [{ in: "cookie" }, "filter=a; filter=b"],
  ] as [Partial<Parameter>, string][])("are shown by what is sent: %j", (more, sent) => {
    expect(sentExample(parameter(more))).toBe(sent);
  });
});

describe("a parameter that is declared", () => {
  it("has a name of its own, whichever case a header's is in", () => {
    expect(parameterProblems(parameter(), ["filter"]).key).toMatch(/already/);
    expect(parameterProblems(parameter({ in: "header", key: "X-Id" }), ["x-id"]).key).toMatch(/already/);
    expect(parameterProblems(parameter({ in: "header", key: "Content-Length" }), []).key).toMatch(/cannot be set/);
    expect(parameterProblems(parameter(), ["other"])).toEqual({});
  });

  it("has a default and an example of its type", () => {
    expect(parameterProblems(parameter({ type: "integer", default: "ten", example: 1.5 }), [])).toEqual({
      default: "must be an integer",
      example: "must be an integer",
    });
  });

  it("is not hidden while it is required and has no default", () => {
    const hidden = parameter({ type: "string", hidden: true, required: true });
    expect(parameterProblems(hidden, []).hidden).toMatch(/default/);
    expect(parameterProblems({ ...hidden, default: "x" }, [])).toEqual({});
  });

  it("loses what does not fit another type", () => {
    const list = parameter({ default: ["a"], example: ["b"], style: "pipeDelimited" });
    expect(withType(list, "string")).toEqual({ key: "filter", name: "Filter", in: "query", type: "string", required: false });
    expect(withType(parameter({ type: "integer", default: 3 }), "number")).toMatchObject({ type: "number", default: 3 });
  });
});
