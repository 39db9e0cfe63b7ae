import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalText } from "../canonical-text.ts";
import type { Json } from "../json.ts";
import { Flow } from "./flow.ts";
import { exportFlow, importFlow, readFlowFile } from "./flow-file.ts";
import { FlowNode } from "./node.ts";

const position = { x: 0, y: 0 };
const node = (id: string, kind: string, more: Record<string, unknown> = {}): FlowNode =>
  FlowNode.parse({ id, name: id, kind, position, ...more });
const call = (id: string, connection: string | null, more = {}) =>
  node(id, "call", { connector: "crm", endpoint: "find", connection, inputs: {}, ...more });

const names = new Map([
  ["flw_1", "Notify"],
  ["flw_2", "Bill"],
]);
const anyInputs = fc.dictionary(fc.constantFrom("b", "a", "c", "z"), fc.jsonValue({ maxDepth: 2 }));
const anyConnection = fc.constantFrom(null, "con_1", "con_2", "con_3");
const anyNode = fc.oneof(
  fc.record({
    kind: fc.constant("call"),
    connector: fc.constantFrom("crm", "mail"),
    connection: anyConnection,
    inputs: anyInputs,
  }),
  fc.record({
    kind: fc.constant("http"),
    url: fc.string(),
    connector: fc.constantFrom("crm"),
    connection: anyConnection,
    query: anyInputs,
  }),
  fc.record({
    kind: fc.constant("app-trigger"),
    connector: fc.constant("crm"),
    trigger: fc.constant("t"),
    connection: anyConnection,
  }),
  fc.record({ kind: fc.constant("sub-flow"), flow: fc.constantFrom("", "flw_1", "flw_2"), input: fc.jsonValue({ maxDepth: 2 }) }),
  fc.record({
    kind: fc.constant("approval"),
    title: fc.constant("May it?"),
    approvers: fc.uniqueArray(fc.constantFrom("usr_1", "usr_2")),
  }),
  fc.record({ kind: fc.constant("transform"), output: fc.jsonValue({ maxDepth: 3 }) }),
);
const anyFlow = fc
  .record({
    nodes: fc.array(anyNode, { maxLength: 6 }),
    errorFlow: fc.constantFrom(undefined, "flw_2"),
    maxSteps: fc.constantFrom(undefined, 5),
  })
  .map(({ nodes, errorFlow, maxSteps }) =>
    Flow.parse({
      schemaVersion: 1,
      nodes: nodes.map((each, index) => ({ endpoint: "find", ...each, id: `n${index}`, name: `N ${index}`, position })),
      edges: nodes.slice(1).map((_, index) => ({ id: `e${index}`, source: `n${index}`, target: `n${index + 1}` })),
      settings: { errorFlow, maxSteps },
    }),
  );

/** Fills every slot with an id of its own, as another installation would. */
function elsewhere(text: string) {
  const read = readFlowFile(JSON.parse(text) as Json);
  if (read.outcome === "refused") return read;
  const { file } = read;
  const ids = (slots: string[]) => Object.fromEntries(slots.map((slot) => [slot, `there-${slot}`]));
  const filled = {
    slots: ids(file.slots.map(({ slot }) => slot)),
    flows: ids(file.flows.map(({ slot }) => slot)),
    people: ids(file.people),
  };
  const there = new Map(file.flows.map(({ slot, name }) => [`there-${slot}`, name]));
  return canonicalText(exportFlow({ name: file.name, description: file.description, document: importFlow(file, filled) }, there));
}

describe("the file of a flow", () => {
  it("is the same bytes after an import elsewhere", () => {
    fc.assert(
      fc.property(anyFlow, (document) => {
        const text = canonicalText(exportFlow({ name: "F", description: "", document }, names));
        expect(elsewhere(text)).toBe(text);
        expect(text).not.toMatch(/con_|flw_|usr_/);
      }),
      { numRuns: 100 },
    );
  });

  it("does not depend on the order in which a form was filled in", () => {
    const text = (inputs: object) =>
      canonicalText(exportFlow({ name: "F", description: "", document: flow(call("a", null, { inputs })) }, names));
    expect(text({ b: 1, a: { y: 1, x: 2 } })).toBe(text({ a: { y: 1, x: 2 }, b: 1 }));
    expect(text({ a: 1 }).endsWith("}\n")).toBe(true);
  });

  it("holds no credentials that were typed into a request, and none of the ids of people, flows and connections", () => {
    const headers = { Authorization: "Bearer s3cr3t", "X-Api-Key": "{{trigger.body.key}}", Accept: "text/plain" };
    const request = node("h", "http", { url: "https://a.example", headers, query: { token: "t0ken", page: 2 } });
    const { flow: exported } = exportFlow({ name: "F", description: "", document: flow(request) }, names);
    expect(exported.nodes[0]).toMatchObject({
      headers: { Authorization: "", "X-Api-Key": "{{trigger.body.key}}", Accept: "text/plain" },
      query: { token: "", page: 2 },
    });
  });

  it.each([
    ["https://me:s3cr3t@a.example/x", "https://a.example/x"],
    ["https://a.example/?page=2&api_key=s3cr3t&z=1#part", "https://a.example/?page=2&api_key=&z=1#part"],
    ["https://a.example/@me?access_token={{trigger.body.key}}", "https://a.example/@me?access_token={{trigger.body.key}}"],
    ["{{trigger.body.base}}/x?token=s3cr3t", "{{trigger.body.base}}/x?token="],
  ])("holds none that were typed into a URL: %s", (url, exported) => {
    const file = exportFlow({ name: "F", description: "", document: flow(node("h", "http", { url })) }, names);
    expect(file.flow.nodes[0]).toMatchObject({ url: exported });
  });

  it("numbers the slots of a connector in the order in which the flow needs them", () => {
    const document = flow(call("a", "con_2"), call("b", "con_1"), call("c", "con_2"), call("d", "con_1", { connector: "mail" }));
    const file = exportFlow({ name: "F", description: "", document }, names);
    expect(file.slots).toEqual([
      { slot: "crm-1", connector: "crm" },
      { slot: "crm-2", connector: "crm" },
      { slot: "mail-1", connector: "mail" },
    ]);
    expect(file.flow.nodes.map((each) => each.kind === "call" && each.connection)).toEqual(["crm-1", "crm-2", "crm-1", "mail-1"]);
  });

  it("leaves an approval to nobody when its people are not known, and a connection empty", () => {
    const file = exportFlow(
      {
        name: "F",
        description: "",
        document: flow(node("ok", "approval", { title: "?", approvers: ["usr_1"] }), call("a", "con_1")),
      },
      names,
    );
    const [approval, called] = importFlow(file, { slots: {}, flows: {}, people: {} }).nodes;
    expect(approval).toMatchObject({ approvers: ["person-1"] });
    expect(called).toMatchObject({ connection: null });
  });
});

describe("a file from outside", () => {
  const good = exportFlow(
    { name: "F", description: "", document: flow(call("a", "con_1"), node("b", "transform", { output: 1 })) },
    names,
  );
  const refusal = (change: (file: Record<string, never> & typeof good) => unknown) => {
    const file = structuredClone(good);
    const read = readFlowFile((change(file as never) ?? file) as Json);
    return read.outcome === "refused" ? read.problems : null;
  };

  it.each<[string, (file: typeof good) => unknown, string]>([
    [
      "a step of a kind that is gone",
      (file) => void Object.assign(file.flow.nodes[1] ?? {}, { kind: "script" }),
      'node "b" has the kind "script", which this version of Patchbay does not know',
    ],
    [
      "a step of a kind that is a property of objects",
      (file) => void Object.assign(file.flow.nodes[0] ?? {}, { kind: "constructor" }),
      'node "a" has the kind "constructor"',
    ],
    ["a step without a kind", (file) => void Object.assign(file.flow.nodes[0] ?? {}, { kind: 7 }), 'node "a" has no kind'],
    ["a field that is wrong", (file) => void Object.assign(file.flow.nodes[0] ?? {}, { inputs: 7 }), 'node "a", inputs: '],
    [
      "two nodes of one id",
      (file) => void file.flow.nodes.push(file.flow.nodes[0] as FlowNode),
      'flow: there is a node "a" already',
    ],
    [
      "an edge from nowhere",
      (file) => void file.flow.edges.push({ id: "e", source: "x", port: "out", target: "a" }),
      'there is no node "x"',
    ],
    [
      "an id of another installation",
      (file) => void Object.assign(file.flow.nodes[0] ?? {}, { connection: "con_9" }),
      '"con_9" is no slot',
    ],
    ["a newer format", (file) => void Object.assign(file, { format: 2 }), "format: "],
    ["something else", () => [1, 2], "the file: "],
  ])("is refused for %s, saying where", (_, change, message) => {
    expect(refusal(change)?.join()).toContain(message);
  });

  it("says at most so many problems", () => {
    const many = refusal((file) => {
      file.flow.nodes = Array.from({ length: 50 }, (_, index) => ({ id: `n${index}`, kind: "old" })) as never;
    });
    expect(many).toHaveLength(21);
    expect(many?.at(-1)).toBe("and 30 more problems");
  });
});

function flow(...nodes: FlowNode[]): Flow {
  return { schemaVersion: 1, nodes, edges: [] };
}
