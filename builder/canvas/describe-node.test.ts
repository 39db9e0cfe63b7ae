import { expect, test } from "vitest";
import type { FlowNode } from "../../shared/flow/node.ts";
import { version } from "../testing/sample-run.ts";
import { describeNode, describeOnCard } from "./describe-node.ts";
import { readable } from "./readable.ts";

const common = { id: "n", name: "N", position: { x: 0, y: 0 } };
const call = {
  ...common,
  kind: "call",
  connector: "zoominfo",
  endpoint: "search-contact",
  connection: "con_1",
  inputs: {},
} as const;
const rule = { left: "{{steps.search.output.total}}", operator: "greater-than", right: 0 } as const;

const lines: [string, FlowNode, string][] = [
  ["a call by its endpoint and connection", call, "Search contacts · ZoomInfo sandbox"],
  ["a call without a connection by its connector", { ...call, connection: null }, "Search contacts · ZoomInfo"],
  ["a call whose connector is gone by its keys", { ...call, connector: "gone", connection: null }, "search-contact · gone"],
  ["a branch by its rule", { ...common, kind: "branch", match: "all", conditions: [rule] }, "search.total > 0"],
  [
    "a branch with more rules by the first",
    { ...common, kind: "branch", match: "any", conditions: [rule, rule, rule] },
    "search.total > 0 or 2 more",
  ],
  [
    "a branch by a least value",
    { ...common, kind: "branch", match: "all", conditions: [{ ...rule, operator: "at-least", right: 3 }] },
    "search.total ≥ 3",
  ],
  [
    "a branch by a highest value",
    { ...common, kind: "branch", match: "all", conditions: [{ ...rule, operator: "at-most", right: 3 }] },
    "search.total ≤ 3",
  ],
  ["a transform by what it makes", { ...common, kind: "transform", output: { name: 1, title: 2 } }, "Makes name, title"],
  ["a delay by its time", { ...common, kind: "delay", delayMs: 90_000 }, "Wait 1 min 30 s"],
  ["a delay by its expression", { ...common, kind: "delay", delayMs: "{{trigger.body.pause}}" }, "Wait trigger.pause"],
  ["a respond by its status", { ...common, kind: "respond", status: 202, headers: {}, body: null }, "Answer 202"],
];

test.each(lines)("describes %s", (_, node, line) => {
  expect(describeNode(node, version)).toBe(line);
});

test.each([
  ["Search contact", "ZoomInfo sandbox"],
  ["Search contacts of the lead", "ZoomInfo sandbox"],
  ["Look up", "Search contacts · ZoomInfo sandbox"],
])("says on the card of a call named %s: %s", (name, line) => {
  expect(describeOnCard({ ...call, name }, version)).toBe(line);
});

test("quotes text, and leaves what it cannot read as it is", () => {
  expect(readable("paid")).toBe('"paid"');
  expect(readable("Hi {{trigger.body.name}}!")).toBe("Hi trigger.name!");
  // `trigger.id` is the event's own.
  expect(readable("{{trigger.body.id}}")).toBe("trigger.body.id");
  expect(readable("{{broken..path}}")).toBe("{{broken..path}}");
  expect(readable(["a"])).toBe('["a"]');
});

test("says of an expression that it is one, and shortens it", () => {
  expect(readable("{{= $sum(trigger.body.lines.price) }}")).toBe("JSONata: $sum(trigger.body.lines.price)");
  expect(readable("{{=\n  $count(\n    trigger.body.lines\n  )\n}}")).toBe("JSONata: $count( trigger.body.lines )");
  expect(readable(`{{= ${"a + ".repeat(40)}b }}`)).toBe("JSONata: a + a + a + a + a + a + a + a + a + a +…");
});
