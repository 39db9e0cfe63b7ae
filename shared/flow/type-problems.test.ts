import { describe, expect, it } from "vitest";
import { ConnectorDraft } from "../connector/connector.ts";
import type { Json } from "../json.ts";
import { Flow } from "./flow.ts";
import { blocking, validateFlow } from "./validate-flow.ts";

const at = { name: "N", position: { x: 0, y: 0 } };
const parameters = [
  { key: "text", name: "Text", in: "body", type: "string" },
  { key: "count", name: "Count", in: "body", type: "integer" },
  { key: "page", name: "Page", in: "query", type: "integer" },
  { key: "flag", name: "Flag", in: "body", type: "boolean" },
  { key: "list", name: "List", in: "body", type: "array", schema: { type: "array", items: { type: "number" } } },
  { key: "made", name: "Made", in: "body", type: "object" },
  { key: "must", name: "Must", in: "body", type: "string", required: true },
  { key: "preset", name: "Preset", in: "body", type: "string", required: true, default: "x" },
];
const schema = {
  type: "object",
  properties: {
    ...{
      text: { type: "string" },
      day: { type: "string", format: "date" },
      level: { enum: ["low", "high"] },
      whole: { type: "integer" },
    },
    ...{ half: { type: "number" }, yes: { type: "boolean" }, many: { type: "array", items: { type: "number" } } },
    ...{ texts: { type: "array", items: { type: "string" } }, thing: { type: "object", properties: { a: { type: "integer" } } } },
    either: { type: ["string", "integer", "null"] },
  },
};
const connectors = new Map(
  ["declared", "pulled"].map((origin) => {
    const source = { key: "source", name: "Source", method: "GET", path: "/s", parameters: [] };
    const target = { key: "target", name: "Target", method: "POST", path: "/t", parameters };
    const document = ConnectorDraft.parse({
      ...{ schemaVersion: 1, key: origin, name: origin, description: "", baseUrl: "https://x.example", auth: { kind: "none" } },
      endpoints: [{ ...source, responseSchema: schema, responseOrigin: origin }, target],
    });
    return [origin, document] as const;
  }),
);
const call = (id: string, endpoint: string, inputs: Record<string, Json>, connector = "declared") => ({
  ...{ ...at, id, name: id, kind: "call", connector, endpoint, connection: null },
  inputs,
});

/** Problems of one node behind a call whose answer is known: where, which, how bad. */
function problems(nodes: object[], edges: string[], origin = "declared"): string[] {
  const start = { ...at, id: "start", kind: "webhook-trigger" };
  const flow = Flow.parse({
    schemaVersion: 1,
    nodes: [start, call("get", "source", {}, origin), ...nodes],
    edges: ["start>get", ...edges].map((id) => {
      const [, source, port = "out", target] = /^([\w-]+)(?::([\w-]+))?>([\w-]+)$/.exec(id) ?? [];
      return { id, source, port, target };
    }),
  });
  return validateFlow(flow, connectors).map(({ node, field, code, severity }) => `${severity} ${code} ${node} ${field}`);
}
const given = (inputs: Record<string, Json>, origin?: string) =>
  problems([call("use", "target", { must: "m", ...inputs })], ["get>use"], origin);
const of = (name: string) => `{{steps.get.output.${name}}}`;

describe("typeProblems", () => {
  it.each<[string, string, string | null]>([
    ["text", "text", null],
    ["text", "whole", "warning"],
    ["text", "yes", "warning"],
    ["text", "many", "error"],
    ["text", "thing", "error"],
    ["text", "either", null],
    ["count", "whole", null],
    ["count", "half", "warning"],
    ["count", "text", "warning"],
    ["count", "day", "error"],
    ["count", "level", "error"],
    ["count", "yes", "error"],
    ["page", "text", null],
    ["page", "many", "error"],
    ["flag", "yes", null],
    ["flag", "text", "warning"],
    ["flag", "whole", "error"],
    ["list", "many", null],
    ["list", "text", "error"],
    ["made", "thing", null],
    ["made", "many", "error"],
  ])("of the input %s for %s: %s", (input, name, severity) => {
    expect(given({ [input]: of(name) })).toEqual(severity === null ? [] : [`${severity} wrong_type use inputs.${input}`]);
  });

  it("warns alone where the type was read off an answer", () => {
    expect(given({ flag: of("whole") }, "pulled")).toEqual(["warning wrong_type use inputs.flag"]);
  });

  it("looks into lists, and leaves texts with more in them alone", () => {
    expect(given({ list: [of("yes"), of("whole"), 3] })).toEqual(["error wrong_type use inputs.list.0"]);
    expect(given({ text: `${of("many")} and more` })).toEqual([]);
    expect(given({ count: "{{= steps.get.output.yes }}" })).toEqual([]);
  });

  it("refuses a required input of a step that may not have run, unless it has a default", () => {
    const branch = { ...at, id: "ask", name: "Ask", kind: "branch", conditions: [{ left: of("yes"), operator: "exists" }] };
    const side = { ...at, id: "side", name: "Side", kind: "transform", output: "s" };
    const inputs = { must: "{{steps.side.output}}", preset: "{{steps.side.output}}", text: "{{steps.side.output}}" };
    const nodes = [branch, side, call("use", "target", inputs)];
    const joined = ["get>ask", "ask:true>side", "ask:false>use", "side>use"];
    expect(problems(nodes, joined)).toEqual(["error optional_source use inputs.must"]);
    expect(problems(nodes, ["get>ask", "ask:true>side", "side>use"])).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ["a list for a for-each", { kind: "for-each", items: of("many") }, []],
    ["no list for a for-each", { kind: "for-each", items: of("thing") }, ["error wrong_type n items"]],
    ["a number for a delay", { kind: "delay", delayMs: of("whole") }, []],
    ["no number for a delay", { kind: "delay", delayMs: of("yes") }, ["error wrong_type n delayMs"]],
    ["a time to wait for", { kind: "delay", delayMs: 0, until: of("day") }, []],
    ["no time to wait for", { kind: "delay", delayMs: 0, until: of("many") }, ["error wrong_type n until"]],
    ["a key of a number", { kind: "once", key: of("whole") }, []],
    ["no key of a list", { kind: "once", key: of("many") }, ["error wrong_type n key"]],
    ["no deadline of a list", { kind: "approval", title: "T", deadlineMs: of("many") }, ["error wrong_type n deadlineMs"]],
    ["nothing to add", { kind: "key-value", key: "k", operation: "increment", by: of("thing") }, ["error wrong_type n by"]],
    ["no form of a list", { kind: "http", url: "https://x.example", bodyType: "form", body: of("thing") }, []],
  ])("takes %s", (_, node, expected) => {
    const inside = { ...at, id: "inside", kind: "transform", output: 1, parent: "n" };
    const nodes = Object(node).kind === "for-each" ? [{ ...at, id: "n", ...node }, inside] : [{ ...at, id: "n", ...node }];
    expect(problems(nodes, ["get>n"])).toEqual(expected);
  });
});

describe("paths", () => {
  const message = (text: string, origin?: string) => {
    const flow = Flow.parse({
      schemaVersion: 1,
      nodes: [
        { ...at, id: "start", kind: "webhook-trigger", sample: { company: { name: "N" } } },
        call("get", "source", {}, origin),
        { ...at, id: "use", kind: "transform", output: text },
      ],
      edges: [
        { id: "1", source: "start", port: "out", target: "get" },
        { id: "2", source: "get", port: "out", target: "use" },
      ],
    });
    return validateFlow(flow, connectors).map((problem) => [problem.severity, problem.message, problem.fix]);
  };

  it.each<[string, string, string, string | undefined]>([
    [
      "{{steps.get.output.wohle}}",
      "error",
      `"steps.get.output.wohle" finds nothing: "steps.get.output" has no "wohle"`,
      `did you mean "steps.get.output.whole"?`,
    ],
    [
      "{{steps.get.output.text.a}}",
      "error",
      `"steps.get.output.text.a" finds nothing: "steps.get.output.text" is text, with nothing inside`,
      undefined,
    ],
    [
      "{{steps.get.output.many.a}}",
      "error",
      `"steps.get.output.many.a" finds nothing: "steps.get.output.many" is a list, which has no "a"`,
      `take one of its items, "steps.get.output.many[0].a", or all of them in a for-each`,
    ],
    [
      "{{steps.get.output.thing.zzzz}}",
      "error",
      `"steps.get.output.thing.zzzz" finds nothing: "steps.get.output.thing" has no "zzzz"`,
      "it has a",
    ],
    [
      "{{trigger.body.compny.name}}",
      "warning",
      `"trigger.body.compny.name" finds nothing: there was no "compny" in "trigger.body" when it came last`,
      `did you mean "trigger.body.company.name"?`,
    ],
    [
      "{{= $uppercase(trigger.body.company.nmae) }}",
      "warning",
      `"trigger.body.company.nmae" finds nothing: there was no "nmae" in "trigger.body.company" when it came last`,
      `did you mean "trigger.body.company.name"?`,
    ],
    [
      "{{steps.get.data}}",
      "error",
      `"steps.get.data" finds nothing: a step has an output, an error and a status`,
      `did you mean "steps.get.output.data"?`,
    ],
    ["{{steps.gte.output}}", "error", `"steps.gte.output" refers to a node that does not exist`, `did you mean "steps.get"?`],
    ["{{triger.body}}", "error", `"triger.body" must start with trigger or steps`, `did you mean "trigger.body"?`],
    ["{{item.a}}", "error", `"item.a" is not known here: there is an item inside a for-each alone`, undefined],
  ])("%s is a problem with a fix", (text, ...expected) => {
    expect(message(text)).toEqual([expected]);
  });

  it("warns alone of what was pulled", () => {
    expect(message("{{steps.get.output.wohle}}", "pulled")[0]?.[0]).toBe("warning");
    expect(message("{{steps.get.output.whole}} {{steps.get.output.thing.a}}", "pulled")).toEqual([]);
  });

  it("goes through lists in JSONata, as it does", () => {
    expect(message("{{= steps.get.output.many.a }}")).toHaveLength(1);
    expect(message("{{= $count(steps.get.output.many) + steps.get.output.whole }}")).toEqual([]);
  });
});

it("the link of a wait is known to all steps beside it and inside of these, and to none outside of its container", () => {
  const transform = (id: string, output: Json, more = {}) => ({ ...at, id, kind: "transform", output, ...more });
  const messages = (nodes: object[], edges: [string, string][]) => {
    const wired = edges.map(([source, target]) => ({ id: `${source}-${target}`, source, port: "out", target }));
    const start = { ...at, id: "start", kind: "manual-trigger" };
    return validateFlow(Flow.parse({ schemaVersion: 1, nodes: [start, ...nodes], edges: wired }), connectors)
      .filter(({ code }) => ["unknown_path", "inside_container", "not_an_ancestor", "unknown_node"].includes(code))
      .map(({ node, code }) => [node, code]);
  };
  const wait = { ...at, id: "call", kind: "wait" };
  const tell = transform("tell", ["{{steps.call.url}}", "{{= steps.call.url }}"]);
  expect(
    messages(
      [tell, wait],
      [
        ["start", "tell"],
        ["tell", "call"],
      ],
    ),
  ).toEqual([]);
  expect(
    messages(
      [transform("tell", "{{steps.call.output}}"), wait],
      [
        ["start", "tell"],
        ["tell", "call"],
      ],
    ),
  ).toEqual([["tell", "not_an_ancestor"]]);
  expect(
    messages(
      [transform("tell", "{{steps.call.url.x}}"), wait],
      [
        ["start", "tell"],
        ["tell", "call"],
      ],
    ),
  ).toEqual([["tell", "unknown_path"]]);
  const loop = { ...at, id: "each", kind: "for-each", items: [1] };
  const looped = [loop, { ...wait, parent: "each" }, transform("in", "{{steps.call.url}}", { parent: "each" })];
  expect(
    messages(
      [...looped, transform("out", "{{steps.call.url}}")],
      [
        ["start", "each"],
        ["start", "out"],
      ],
    ),
  ).toEqual([["out", "inside_container"]]);
});

it("blocks by errors alone", () => {
  const found = (severity: "error" | "warning") => ({ node: null, field: null, code: "c", message: "m", severity });
  expect(blocking([found("warning"), found("error")])).toEqual([found("error")]);
});
