import { describe, expect, it } from "vitest";
import { labelOf, parseLabel } from "./link-label.ts";

const item = { name: "Apollo", key: "AP", "a{b": "odd", owner: { name: "Ada" }, empty: "", n: 0, list: [1] };

describe("the label of an item", () => {
  it.each([
    ["name", "Apollo"],
    ["owner.name", "Ada"],
    ["{name} ({key})", "Apollo (AP)"],
    ["{ owner.name }: {n}", "Ada: 0"],
    ["Project {key}", "Project AP"],
    ['["a{b"]', "odd"],
    ['{["a{b"]}!', "odd!"],
    ["{name}{empty}", "Apollo"],
  ])("%s is %s", (label, words) => expect(labelOf(item, label)).toBe(words));

  it("is a path where it can be one: a text needs braces", () => {
    expect(parseLabel("name")).toEqual([{ path: ["name"] }]);
    expect(parseLabel("the name")).toEqual({ problem: "the name" });
  });

  it.each([["{name"], ["name}"], ["{}"], ["{a b} c"], ["{name} {"]])("cannot be read from %s", (label) =>
    expect(parseLabel(label)).toHaveProperty("problem"),
  );

  it("is nothing where nothing of it is there, so that the value can stand for it", () => {
    expect(labelOf(item, "{missing} ({empty})")).toBeNull();
    expect(labelOf(item, "list")).toBeNull();
    expect(labelOf("text", "")).toBe("text");
  });
});
