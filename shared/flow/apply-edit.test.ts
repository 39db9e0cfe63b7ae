import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdit } from "./apply-edit.ts";
import type { FlowEdit } from "./edits.ts";
import { Flow, type FlowEdge } from "./flow.ts";
import { insideItself } from "./nesting.ts";
import type { FlowNode } from "./node.ts";
import { parentOf } from "./node-ports.ts";

const names = ["a", "b", "c", "d", "e", "f"];
const anyId = fc.constantFrom(...names);
const anyPosition = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) });

function nodeOf(id: fc.Arbitrary<string>): fc.Arbitrary<FlowNode> {
  return fc.oneof(
    fc.record(
      { id, name: anyId, position: anyPosition, kind: fc.constant("transform" as const), output: fc.nat(9), parent: anyId },
      { requiredKeys: ["id", "name", "position", "kind", "output"] },
    ),
    fc.record(
      { id, name: anyId, position: anyPosition, kind: fc.constant("try" as const), parent: anyId },
      { requiredKeys: ["id", "name", "position", "kind"] },
    ),
    fc.record({ id, name: anyId, position: anyPosition, kind: fc.constant("delay" as const), delayMs: fc.nat(9) }),
    fc.record({ id, name: anyId, position: anyPosition, kind: fc.constant("manual-trigger" as const) }),
  );
}
const anyNode = nodeOf(anyId);
const anyEdge: fc.Arbitrary<FlowEdge> = fc
  .record({ source: anyId, target: anyId, port: fc.constantFrom("out", "error"), copy: fc.nat(1) })
  .map(({ copy, ...edge }) => ({ id: `${edge.source}-${edge.target}-${copy}`, ...edge }));
const at = fc.option(fc.nat(8), { nil: undefined });

const anyFlow: fc.Arbitrary<Flow> = fc
  .record({
    nodes: fc.uniqueArray(anyNode, { selector: ({ id }) => id, maxLength: 6 }),
    edges: fc.uniqueArray(anyEdge, { selector: ({ id }) => id, maxLength: 8 }),
  })
  .map(({ nodes, edges }): Flow => {
    const ids = new Set(nodes.map(({ id }) => id));
    const placed = nodes.map((node) => {
      const { parent, ...free } = { parent: undefined, ...node };
      return parent !== undefined && !ids.has(parent) ? (free as FlowNode) : node;
    });
    return { schemaVersion: 1, nodes: placed, edges: edges.filter(({ source, target }) => ids.has(source) && ids.has(target)) };
  })
  // Nothing can be drawn so, or imported.
  .filter(({ nodes }) => insideItself(nodes) === null);

const anyEdit: fc.Arbitrary<FlowEdit> = fc.oneof(
  fc.record({
    edit: fc.constant("add" as const),
    nodes: fc.array(fc.record({ node: anyNode, at }), { maxLength: 3 }),
    edges: fc.array(fc.record({ edge: anyEdge, at }), { maxLength: 3 }),
  }),
  fc.record({
    edit: fc.constant("remove" as const),
    nodes: fc.array(anyId, { maxLength: 3 }),
    edges: fc.array(
      anyEdge.map(({ id }) => id),
      { maxLength: 2 },
    ),
  }),
  fc.record({ edit: fc.constant("move" as const), positions: fc.dictionary(anyId, anyPosition, { maxKeys: 3 }) }),
  fc.record({ edit: fc.constant("set-node" as const), node: anyNode }),
  fc.record({
    edit: fc.constant("set-settings" as const),
    settings: fc.record({ retentionDays: fc.integer({ min: 1, max: 9 }), errorFlow: anyId }, { requiredKeys: [] }),
  }),
  fc.record({
    edit: fc.constant("pin" as const),
    connector: anyId,
    version: fc.option(fc.integer({ min: 1, max: 3 })),
  }),
);

const anyFlowAndEdits = fc.tuple(anyFlow, fc.array(anyEdit, { minLength: 1, maxLength: 12 }));

describe("applyEdit", () => {
  it("is undone exactly by its inverse, order of the lists included, and redone by the inverse's inverse", () => {
    let applied = 0;
    fc.assert(
      fc.property(anyFlowAndEdits, ([start, edits]) => {
        let flow = start;
        for (const edit of edits) {
          const done = applyEdit(flow, edit);
          if (done.outcome === "refused") continue;
          applied += 1;
          const undone = applyEdit(done.flow, done.inverse);
          expect(undone).toMatchObject({ outcome: "applied" });
          if (undone.outcome === "refused") return;
          expect(undone.flow).toEqual(flow);
          const redone = applyEdit(undone.flow, undone.inverse);
          expect(redone).toMatchObject({ outcome: "applied", flow: done.flow });
          flow = done.flow;
        }
      }),
      { numRuns: 1_000 },
    );
    // Most edits that are made up at random are refused; the property must not hold for want of applied ones.
    expect(applied).toBeGreaterThan(1_000);
  });

  it("undoes a whole history back to the beginning, and redoes it", () => {
    fc.assert(
      fc.property(anyFlowAndEdits, ([start, edits]) => {
        const { flow: end, inverses } = applyAll(start, edits);
        const back = applyAll(end, inverses.toReversed());
        expect(back.flow).toEqual(start);
        expect(back.inverses).toHaveLength(inverses.length);
        expect(applyAll(back.flow, back.inverses.toReversed()).flow).toEqual(end);
      }),
      { numRuns: 500 },
    );
  });

  it("gives two sides that apply the same edits the same flow, though one of them got them as JSON", () => {
    fc.assert(
      fc.property(anyFlowAndEdits, ([start, edits]) => {
        const sent = JSON.parse(JSON.stringify({ start, edits })) as { start: Flow; edits: FlowEdit[] };
        expect(JSON.stringify(applyAll(sent.start, sent.edits).flow)).toBe(JSON.stringify(applyAll(start, edits).flow));
      }),
      { numRuns: 500 },
    );
  });

  it("never leaves an edge or an inside at a missing node, an id twice, or a document that the schema refuses", () => {
    fc.assert(
      fc.property(anyFlowAndEdits, ([start, edits]) => {
        const { flow } = applyAll(start, edits);
        const ids = flow.nodes.map(({ id }) => id);
        expect(flow.edges.filter(({ source, target }) => !ids.includes(source) || !ids.includes(target))).toEqual([]);
        expect(flow.nodes.map(parentOf).filter((parent) => parent !== null && !ids.includes(parent))).toEqual([]);
        expect(new Set(ids).size).toBe(ids.length);
        expect(new Set(flow.edges.map(({ id }) => id)).size).toBe(flow.edges.length);
        expect(Flow.parse(flow)).toEqual(flow);
      }),
      { numRuns: 500 },
    );
  });

  it("never changes what it was given", () => {
    fc.assert(
      fc.property(anyFlowAndEdits, ([start, edits]) => {
        const before = structuredClone({ start, edits });
        applyAll(start, edits);
        expect({ start, edits }).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });

  const small: Flow = {
    schemaVersion: 1,
    nodes: ["a", "b", "c"].map((id) => ({ id, name: id, position: { x: 0, y: 0 }, kind: "transform", output: 1 })),
    edges: [
      { id: "ab", source: "a", port: "out", target: "b" },
      { id: "bc", source: "b", port: "out", target: "c" },
    ],
  };
  const other = { id: "d", name: "d", position: { x: 0, y: 0 }, kind: "delay" as const, delayMs: 1 };

  it("takes the edges of a removed node along, and puts all back where they were", () => {
    const removed = applyEdit(small, { edit: "remove", nodes: ["b"], edges: [] });
    expect(removed).toMatchObject({ flow: { nodes: [{ id: "a" }, { id: "c" }], edges: [] } });
    expect(removed.outcome === "applied" && applyEdit(removed.flow, removed.inverse)).toMatchObject({ flow: small });
  });

  it("takes what is inside of a container along, however deep, and one edit brings it back", () => {
    const at = { name: "N", position: { x: 0, y: 0 } };
    const inside: Flow = {
      schemaVersion: 1,
      nodes: [
        { ...at, id: "deep", kind: "transform", output: 1, parent: "inner" },
        { ...at, id: "outer", kind: "try" },
        { ...at, id: "inner", kind: "try", parent: "outer" },
        { ...at, id: "beside", kind: "transform", output: 1 },
      ],
      edges: [{ id: "e", source: "outer", port: "done", target: "beside" }],
    };
    const removed = applyEdit(inside, { edit: "remove", nodes: ["outer"], edges: [] });
    expect(removed).toMatchObject({ flow: { nodes: [{ id: "beside" }], edges: [] } });
    expect(removed.outcome === "applied" && applyEdit(removed.flow, removed.inverse)).toMatchObject({ flow: inside });
  });

  it.each<[FlowEdit, string]>([
    [{ edit: "add", nodes: [{ node: { ...other, id: "a" } }], edges: [] }, `there is a node "a" already`],
    [{ edit: "add", nodes: [{ node: other }, { node: other }], edges: [] }, `there is a node "d" already`],
    [
      { edit: "add", nodes: [], edges: [{ edge: { id: "ab", source: "a", port: "out", target: "c" } }] },
      `there is an edge "ab" already`,
    ],
    [{ edit: "add", nodes: [], edges: [{ edge: { id: "ad", source: "a", port: "out", target: "d" } }] }, `there is no node "d"`],
    [{ edit: "add", nodes: [], edges: [{ edge: { id: "da", source: "d", port: "out", target: "a" } }] }, `there is no node "d"`],
    [{ edit: "remove", nodes: ["d"], edges: [] }, `there is no node "d"`],
    [{ edit: "remove", nodes: [], edges: ["ac"] }, `there is no edge "ac"`],
    [{ edit: "move", positions: { d: { x: 1, y: 1 } } }, `there is no node "d"`],
    [{ edit: "set-node", node: other }, `there is no node "d"`],
    [
      { edit: "add", nodes: [{ node: { ...other, parent: "e" } }], edges: [] },
      `there is no node "e" that "d" could be inside of`,
    ],
    [
      { edit: "set-node", node: { ...other, id: "a", kind: "transform", output: 1, parent: "e" } as FlowNode },
      `there is no node "e" that "a" could be inside of`,
    ],
    [{ edit: "set-node", node: { ...other, id: "a" } }, `"a" is a transform and cannot become a delay`],
  ])("refuses %o and says why", (edit, message) => {
    expect(applyEdit(small, edit)).toEqual({ outcome: "refused", message });
  });
});

/** Applies what can be applied, with the inverse of each. */
function applyAll(start: Flow, edits: FlowEdit[]): { flow: Flow; inverses: FlowEdit[] } {
  const inverses: FlowEdit[] = [];
  let flow = start;
  for (const edit of edits) {
    const done = applyEdit(flow, edit);
    if (done.outcome === "refused") continue;
    flow = done.flow;
    inverses.push(done.inverse);
  }
  return { flow, inverses };
}
