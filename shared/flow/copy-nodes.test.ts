import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { applyEdit } from "./apply-edit.ts";
import { readCopiedNodes } from "./copied-nodes.ts";
import { copyNodes, freeEdgeId, freeName, freeNodeId, pasteNodes } from "./copy-nodes.ts";
import { pathsIn } from "./expression.ts";
import type { Flow } from "./flow.ts";
import { FlowNode } from "./node.ts";

const at = { position: { x: 0, y: 0 } };
const shape = (id: string, output: unknown) => FlowNode.parse({ id, name: id, kind: "transform", output, ...at });
const flow: Flow = {
  schemaVersion: 1,
  nodes: [
    { id: "lead", name: "Lead", kind: "webhook-trigger", sample: { n: 1 }, ...at },
    shape("search", { email: "{{trigger.body.email}}" }),
    shape("answer", { found: "{{steps.search.output.email}}", from: "{{steps.lead.output}}" }),
  ],
  edges: [
    { id: "lead-search", source: "lead", port: "out", target: "search" },
    { id: "search-answer", source: "search", port: "out", target: "answer" },
  ],
};
const paste = (ids: string[], into = flow) => pasteNodes(into, copyNodes(flow, new Set(ids)), { x: 40, y: 20 });
function applied(into: Flow, { edit }: ReturnType<typeof pasteNodes>): Flow {
  const done = applyEdit(into, edit);
  expect(done.outcome).toBe("applied");
  return done.outcome === "applied" ? done.flow : into;
}
const outputOf = (of: Flow, id: string) => {
  const node = of.nodes.find((each) => each.id === id);
  return node?.kind === "transform" ? node.output : undefined;
};

test("copies nodes with the edges between them, and no others", () => {
  expect(copyNodes(flow, new Set(["search", "answer"]))).toMatchObject({
    patchbay: "nodes",
    nodes: [{ id: "search" }, { id: "answer" }],
    edges: [{ id: "search-answer" }],
  });
});

test("gives pasted nodes ids and names of their own, and lets their expressions follow", () => {
  const pasted = paste(["search", "answer"]);
  expect(pasted.ids).toEqual(["search-2", "answer-2"]);
  const next = applied(flow, pasted);
  expect(outputOf(next, "answer-2")).toEqual({ found: "{{steps.search-2.output.email}}", from: "{{steps.lead.output}}" });
  expect(next.nodes.at(-1)).toMatchObject({ name: "answer 2", position: { x: 40, y: 20 } });
  expect(next.edges.at(-1)).toEqual({ id: "search-2-answer-2", source: "search-2", port: "out", target: "answer-2" });
  expect(outputOf(next, "answer")).toEqual(outputOf(flow, "answer"));
});

test("keeps ids that are free, and the settings of a trigger", () => {
  const empty: Flow = { schemaVersion: 1, nodes: [], edges: [] };
  const pasted = paste(["lead", "search"], empty);
  expect(pasted.ids).toEqual(["lead", "search"]);
  expect(applied(empty, pasted).nodes[0]).toMatchObject({ kind: "webhook-trigger", sample: { n: 1 } });
});

describe("a reference", () => {
  it.each([
    ["{{steps.a.output.x}}", "{{steps.a-2.output.x}}"],
    ["Hello {{ steps.a.output }} and {{steps.ab.output}}", "Hello {{ steps.a-2.output }} and {{steps.ab.output}}"],
    ['{{steps["a"].output["steps.a"]}}', '{{steps["a-2"].output["steps.a"]}}'],
    ["{{steps['a'].output}}", "{{steps['a-2'].output}}"],
    ["{{trigger.steps.a}}", "{{trigger.steps.a}}"],
    ["steps.a.output is only text", "steps.a.output is only text"],
    ["steps.a {{trigger.body}} steps.a", "steps.a {{trigger.body}} steps.a"],
    ["{{= $sum(steps.a.output.items.price) }}", "{{= $sum(steps.`a-2`.output.items.price) }}"],
    ['{{= steps.a.x & "steps.a" }}', '{{= steps.`a-2`.x & "steps.a" }}'],
    ["{{= steps.`a`.output & $x.steps.a }}", "{{= steps.`a-2`.output & $x.steps.a }}"],
  ])("%s becomes %s", (before, after) => {
    const one: Flow = { schemaVersion: 1, nodes: [shape("a", before)], edges: [] };
    const next = applied(one, pasteNodes(one, copyNodes(one, new Set(["a"])), { x: 0, y: 0 }));
    expect(outputOf(next, "a-2")).toBe(after);
  });
});

describe("a free id", () => {
  it.each([
    ["Search contacts", [], "search-contacts"],
    ["Search contacts", ["search-contacts"], "search-contacts-2"],
    ["search-contacts-2", ["search-contacts-2", "search-contacts-3"], "search-contacts-4"],
    ["42 Größen!", [], "gro-en"],
    ["東京", [], "step"],
    ["x".repeat(90), ["x".repeat(63)], `${"x".repeat(61)}-2`],
  ])("of %s beside %j is %s", (name, taken, id) => {
    expect(freeNodeId(name, new Set(taken))).toBe(id);
  });

  it("is a slug that nobody has, whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 120 }), fc.array(fc.string({ maxLength: 5 })), (name, others) => {
        const taken = new Set(others);
        const first = freeNodeId(name, taken);
        const second = freeNodeId(name, new Set([...taken, first]));
        for (const id of [first, second]) expect(FlowNode.options[0].shape.id.safeParse(id).success).toBe(true);
        expect(taken.has(first) || first === second).toBe(false);
      }),
    );
  });

  it("of an edge names its port where there is a choice", () => {
    const edge = { source: "a", port: "true", target: "b" };
    expect(freeEdgeId(edge, new Set())).toBe("a-true-b");
    expect(freeEdgeId({ ...edge, port: "out" }, new Set(["a-b"]))).toBe("a-b-2");
    expect(freeName("Answer", new Set(["Answer"]))).toBe("Answer 2");
  });
});

test("a paste is always taken, gives new ids, and refers to no node that its original did not", () => {
  const ids = ["lead", "search", "answer"];
  fc.assert(
    fc.property(fc.subarray(ids, { minLength: 1 }), fc.integer({ min: 1, max: 4 }), (chosen, times) => {
      let into = flow;
      for (let time = 0; time < times; time += 1) into = applied(into, paste(chosen, into));
      expect(new Set(into.nodes.map(({ id }) => id)).size).toBe(into.nodes.length);
      expect(new Set(into.edges.map(({ id }) => id)).size).toBe(into.edges.length);
      const known = new Set(into.nodes.map(({ id }) => id));
      const named = into.nodes.flatMap((node) => (node.kind === "transform" ? pathsIn(node.output) : []));
      for (const [root, id] of named) if (root === "steps") expect(known).toContain(id);
    }),
  );
});

describe("the clipboard", () => {
  it("gives back what was copied, and takes a whole flow too", () => {
    const copied = copyNodes(flow, new Set(["search"]));
    expect(readCopiedNodes(JSON.stringify(copied))).toEqual({ outcome: "nodes", copied });
    expect(readCopiedNodes(JSON.stringify(flow))).toMatchObject({ outcome: "nodes", copied: { nodes: flow.nodes } });
  });

  it.each([
    ["hello", "The clipboard holds no nodes of a flow."],
    ['{"a":1}', "The clipboard holds no nodes of a flow."],
    ['{"patchbay":"nodes","nodes":[],"edges":[]}', "nodes: there are no nodes in it"],
    ['{"patchbay":"nodes","nodes":[{"id":"A b"}],"edges":[]}', "nodes.0"],
  ])("says what is wrong with %s", (text, message) => {
    expect(readCopiedNodes(text)).toMatchObject({ outcome: "unreadable", message: expect.stringContaining(message) });
  });
});
