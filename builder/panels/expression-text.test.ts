import { describe, expect, it } from "vitest";
import { responseParameters } from "../../shared/connector/response-parameters.ts";
import type { DataRoot } from "./data-roots.ts";
import { completionAt, insertPath, jsonataPath, matchPaths, pathAround, previewOf } from "./expression-text.ts";

const trigger: DataRoot = {
  node: "event",
  name: "Event",
  kind: "webhook-trigger",
  source: "trigger",
  tree: responseParameters(undefined, { body: { email: "a@example.com", count: 2 } }),
  from: "sample",
};

describe("completion", () => {
  it.each([
    ["{{", 2, { from: 2, query: "", jsonata: false }],
    ["Hello {{trigger.bo", 18, { from: 8, query: "trigger.bo", jsonata: false }],
    ["{{ steps.a-b.output[0].", 23, { from: 3, query: "steps.a-b.output[0].", jsonata: false }],
    ["{{= $sum(steps.a", 16, { from: 9, query: "steps.a", jsonata: true }],
    ["{{= $sum(steps.`find-all`.ou", 28, { from: 9, query: "steps.find-all.ou", jsonata: true }],
    ["{{= trigger.a and ", 18, { from: 18, query: "", jsonata: true }],
    ['{{= {"a": {"b": 1}} ~> $keys( }}', 30, { from: 30, query: "", jsonata: true }],
  ])("of %j at %i is %j", (text, caret, expected) => {
    expect(completionAt(text, caret)).toEqual(expected);
  });

  it.each([
    ["plain", 5],
    ["{{trigger.body}} and", 20],
    ["{{trigger.body}}", 16],
    ["{{= $count(trigger.body) }}", 27],
    ["{{= $count(trigger.body) }} ", 28],
    ["{{= $count(trigger.body) ", 25],
  ])("is not offered in %j at %i", (text, caret) => {
    expect(completionAt(text, caret)).toBeNull();
  });

  it("offers what begins with the query first", () => {
    const paths = [{ path: "steps.a.trigger" }, { path: "trigger.body" }, { path: "trigger" }];
    expect(matchPaths(paths, "trig", 2)).toEqual([{ path: "trigger.body" }, { path: "trigger" }]);
  });
});

describe("inserting a path", () => {
  it("puts braces around it in plain text, and replaces what is selected", () => {
    expect(insertPath("Dear X,", { start: 5, end: 6 }, "trigger.body.name")).toEqual({
      text: "Dear {{trigger.body.name}},",
      caret: 26,
    });
  });

  it("completes a placeholder that is open, and closes it", () => {
    expect(insertPath("{{trig", { start: 6, end: 6 }, "trigger.body")).toEqual({ text: "{{trigger.body}}", caret: 16 });
    expect(insertPath("{{trig}}", { start: 6, end: 6 }, "trigger.body")).toEqual({ text: "{{trigger.body}}", caret: 14 });
  });

  it("writes JSONata's own form inside an expression", () => {
    expect(insertPath("{{= $sum() }}", { start: 9, end: 9 }, "steps.find-all.output").text).toBe(
      "{{= $sum(steps.`find-all`.output) }}",
    );
    expect(jsonataPath('trigger.body["first name"].x')).toBe("trigger.body.`first name`.x");
  });
});

describe("the preview", () => {
  it("keeps the type of a whole value, and writes the others into the text", () => {
    expect(previewOf("{{trigger.body.count}}", [trigger])).toEqual({ state: "value", value: 2 });
    expect(previewOf("{{trigger.body.email}} ({{trigger.body.count}})", [trigger])).toEqual({
      state: "value",
      value: "a@example.com (2)",
    });
  });

  it("says when nothing is known, and what cannot be read", () => {
    expect(previewOf("{{trigger.body.name}}", [trigger])).toEqual({ state: "unknown" });
    expect(previewOf("{{steps.none.output}}", [trigger])).toEqual({ state: "unknown" });
    expect(previewOf("{{}}", [trigger])).toMatchObject({ state: "problem" });
  });
});

it("tells the type of what no sample shows", () => {
  const tree = responseParameters({
    type: "object",
    required: ["a"],
    properties: { a: { type: "string" }, b: { type: "integer" } },
  });
  const declared: DataRoot = { node: "get", name: "Get", kind: "call", source: "steps.get.output", tree, from: null };
  expect(previewOf("{{steps.get.output.a}}", [declared])).toEqual({ state: "type", type: "text", optional: false });
  expect(previewOf("{{steps.get.output.b}}", [declared])).toEqual({ state: "type", type: "a number", optional: true });
  expect(previewOf("{{steps.get.output.c}}", [declared])).toEqual({ state: "unknown" });
});

it.each([
  ['{"a": "{{steps.get-it.output[0].id}} x"}', 20, false, "steps.get-it.output[0].id"],
  ['{"a": "{{steps.get.output}} x"}', 2, false, null],
  ["$sum(steps.`get-it`.output.n) + 1", 10, true, "steps.`get-it`.output.n"],
  ["1 + 2", 2, true, null],
])("in %j the path around %i is found (JSONata: %s): %s", (line, column, jsonata, path) => {
  expect(pathAround(line, column, jsonata)?.path ?? null).toBe(path);
});
