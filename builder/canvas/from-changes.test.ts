import { applyNodeChanges, type NodeChange } from "@xyflow/react";
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEdit } from "../../shared/flow/apply-edit.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { nothing } from "../stores/selection.ts";
import { version } from "../testing/sample-run.ts";
import { fromEdgeChanges, fromNodeChanges } from "./from-changes.ts";
import { type CanvasNode, toCanvas } from "./to-canvas.ts";

const { document } = version;
const drawn = (flow: Flow) => toCanvas({ document: flow, labels: version, view: null, selection: nothing, editing: true });

/** A flow of some nodes anywhere, with edges that point forward. */
const flows: fc.Arbitrary<Flow> = fc
  .array(fc.record({ x: fc.integer({ min: -900, max: 900 }), y: fc.integer({ min: -900, max: 900 }) }), { maxLength: 12 })
  .chain((positions) =>
    fc.record({
      nodes: fc.constant(
        positions.map((position, n) => ({ id: `n${n}`, name: `Node ${n}`, kind: "transform" as const, output: {}, position })),
      ),
      pairs: fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 15 }),
    }),
  )
  .map(({ nodes, pairs }) => ({
    schemaVersion: 1,
    nodes,
    edges: pairs
      .filter(([from, to]) => from < to && to < nodes.length)
      .map(([from, to], n) => ({ id: `e${n}`, source: `n${from}`, port: n % 3 === 0 ? "error" : "out", target: `n${to}` })),
  }));

test("a flow that is drawn keeps its ids, and what the canvas says when nothing was done is no edit", () => {
  fc.assert(
    fc.property(flows, (flow) => {
      const { nodes, edges } = drawn(flow);
      expect(nodes.map(({ id }) => id)).toEqual(flow.nodes.map(({ id }) => id));
      expect(edges.map(({ id, source, sourceHandle, target }) => ({ id, source, port: sourceHandle, target }))).toEqual(
        flow.edges,
      );
      for (const node of nodes) {
        const handles = node.handles?.map(({ id }) => id) ?? [];
        for (const edge of edges) if (edge.source === node.id) expect(handles).toContain(edge.sourceHandle);
      }
      const untouched: NodeChange<CanvasNode>[] = nodes.flatMap((node) => [
        { type: "dimensions", id: node.id, dimensions: { width: 248, height: 64 } },
        { type: "position", id: node.id, position: node.position, dragging: false },
      ]);
      expect(fromNodeChanges(untouched, flow, nothing)).toEqual({ edits: [], selection: null, moving: null, refused: null });
    }),
  );
});

test("a drag is exactly one move of exactly the dragged nodes, at its end", () => {
  const drags = flows
    .filter(({ nodes }) => nodes.length > 0)
    .chain((flow) =>
      fc.record({
        flow: fc.constant(flow),
        dragged: fc.subarray(
          flow.nodes.map(({ id }) => id),
          { minLength: 1 },
        ),
        path: fc.array(fc.record({ x: fc.integer({ min: 1, max: 300 }), y: fc.integer({ min: 1, max: 300 }) }), {
          minLength: 1,
          maxLength: 6,
        }),
      }),
    );
  fc.assert(
    fc.property(drags, ({ flow, dragged, path }) => {
      const changesAt = (by: { x: number; y: number }, dragging: boolean): NodeChange<CanvasNode>[] =>
        dragged.map((id) => {
          const from = flow.nodes.find((node) => node.id === id)?.position ?? { x: 0, y: 0 };
          return { type: "position", id, position: { x: from.x + by.x, y: from.y + by.y }, dragging };
        });
      for (const by of path) {
        const { edits, moving } = fromNodeChanges(changesAt(by, true), flow, nothing);
        expect(edits).toEqual([]);
        expect([...(moving?.keys() ?? [])]).toEqual(dragged);
      }
      const end = changesAt(path.at(-1) ?? { x: 1, y: 1 }, false);
      const { edits } = fromNodeChanges(end, flow, nothing);
      expect(edits).toHaveLength(1);
      const applied = edits[0] && applyEdit(flow, edits[0]);
      if (applied?.outcome !== "applied") return expect(applied?.outcome).toBe("applied");
      expect(drawn(applied.flow).nodes.map(({ id, position }) => [id, position])).toEqual(
        applyNodeChanges(end, drawn(flow).nodes).map(({ id, position }) => [id, position]),
      );
      expect(applied.flow.edges).toEqual(flow.edges);
    }),
  );
});

test("chooses by what changed, and says nothing when the choice stays", () => {
  const selection = { nodes: ["lead"], edges: ["lead-search"] };
  const select = (id: string, selected: boolean): NodeChange<CanvasNode> => ({ type: "select", id, selected });
  expect(fromNodeChanges([select("lead", false), select("search", true)], document, selection).selection).toEqual({
    nodes: ["search"],
    edges: ["lead-search"],
  });
  expect(fromNodeChanges([select("lead", true)], document, selection).selection).toBeNull();
  expect(fromEdgeChanges([{ type: "select", id: "lead-search", selected: false }], selection).selection).toEqual({
    nodes: ["lead"],
    edges: [],
  });
});

test("removes what the canvas removes", () => {
  expect(fromNodeChanges([{ type: "remove", id: "search" }], document, nothing).edits).toEqual([
    { edit: "remove", nodes: ["search"], edges: [] },
  ]);
  expect(fromEdgeChanges([{ type: "remove", id: "lead-search" }], nothing).edits).toEqual([
    { edit: "remove", nodes: [], edges: ["lead-search"] },
  ]);
});
