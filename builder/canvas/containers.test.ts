import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { applyEdit } from "../../shared/flow/apply-edit.ts";
import { copyNodes, pasteNodes } from "../../shared/flow/copy-nodes.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode, TransformNode } from "../../shared/flow/node.ts";
import { isContainer, parentOf } from "../../shared/flow/node-ports.ts";
import { nothing } from "../stores/selection.ts";
import { addNode } from "./add-node.ts";
import { emptyFrame, frameInset, grid, nodeSize, type Position } from "./card-size.ts";
import { connectionProblem } from "./connect.ts";
import { deleteSelected, duplicateSelected, moveSelected, pasteWhere } from "./edit-actions.ts";
import { containerAt, frameSize, geometryOf } from "./geometry.ts";
import { insertNode } from "./insert-node.ts";
import { layoutFlow } from "./layout-flow.ts";
import { dropNodes } from "./move-into.ts";
import { withRoom } from "./push-neighbours.ts";
import { toCanvas } from "./to-canvas.ts";
import { nodeTowards } from "./walk.ts";

const at = (x: number, y: number) => ({ position: { x, y } });
const start: FlowNode = { id: "start", name: "Start", kind: "manual-trigger", ...at(40, 0) };
const loop: FlowNode = {
  id: "loop",
  name: "Loop",
  kind: "for-each",
  items: "{{trigger.body}}",
  concurrency: 1,
  onItemError: "stop",
  ...at(0, 120),
};
const make = (id: string, place: Position, parent?: string): TransformNode => {
  return {
    id,
    name: id.toUpperCase(),
    kind: "transform",
    output: "{{steps.one.output}}",
    position: place,
    ...(parent !== undefined && { parent }),
  };
};
const one = make("one", { x: 40, y: 100 }, "loop");
const two = make("two", { x: 40, y: 220 }, "loop");
const after = make("after", { x: 40, y: 520 });
const edge = (source: string, target: string, port = "out") => ({ id: `${source}-${target}`, source, port, target });
/** Start → Loop [One → Two] → After. */
const flow: Flow = {
  schemaVersion: 1,
  nodes: [start, one, loop, two, after],
  edges: [edge("start", "loop"), edge("one", "two"), edge("loop", "after", "done")],
};
/** The same with a try in the loop around Two. */
const nested: Flow = {
  ...flow,
  nodes: [
    start,
    loop,
    one,
    { id: "safe", name: "Safe", kind: "try", parent: "loop", ...at(40, 220) },
    { ...two, parent: "safe", ...at(40, 100) },
    { ...after, ...at(40, 740) },
  ],
  edges: [edge("start", "loop"), edge("one", "safe"), edge("loop", "after", "done")],
};

function changed(from: Flow, edits: readonly FlowEdit[]): Flow {
  return edits.reduce((now, edit) => {
    const applied = applyEdit(now, edit);
    expect(applied).toMatchObject({ outcome: "applied" });
    return applied.outcome === "applied" ? applied.flow : now;
  }, from);
}
const nodeOf = ({ nodes }: Flow, id: string) => nodes.find((node) => node.id === id);
const drawn = (document: Flow) =>
  toCanvas({ document, labels: { connectors: [], connections: {} }, view: null, selection: nothing, editing: true });

/** Pairs of the same container that cover one another, and what lies upon a header. */
function covered(document: Flow): string[] {
  const geometry = geometryOf(document);
  const box = (node: FlowNode) => ({ ...node.position, ...geometry.size(node) });
  return [null, ...document.nodes.filter(isContainer).map(({ id }) => id)].flatMap((container) => {
    const inside = geometry.inside(container);
    const upon = inside.filter(({ position: { x, y } }) => container !== null && (x < frameInset.left || y < frameInset.top));
    const pairs = inside.flatMap((first, index) =>
      inside.slice(index + 1).flatMap((second) => {
        const [a, b] = [box(first), box(second)];
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        return apart ? [] : [`${first.id} ${second.id}`];
      }),
    );
    return [...upon.map(({ id }) => id), ...pairs];
  });
}

describe("a frame", () => {
  it("is as large as what is inside needs, and never smaller than an empty one", () => {
    expect(frameSize([])).toEqual(emptyFrame);
    const { width, height } = frameSize([{ position: { x: 305, y: 333 }, size: nodeSize }]);
    expect([width - 305 - nodeSize.width, height - 333 - nodeSize.height].map((room) => room >= 40 && room < 80)).toEqual([
      true,
      true,
    ]);
    // Its middle lies where the middle of a card may lie.
    expect([((width - nodeSize.width) / 2) % grid, ((height - nodeSize.height) / 2) % grid]).toEqual([0, 0]);
  });

  it("grows around a frame inside of it", () => {
    const geometry = geometryOf(nested);
    const [outer, inner] = ["loop", "safe"].map((id) => geometry.size(nodeOf(nested, id) ?? start));
    expect(inner?.height).toBe(emptyFrame.height);
    expect(outer?.height).toBe(504);
    expect(geometry.placeOf("two")).toEqual({ x: 80, y: 120 + 220 + 100 });
  });

  it("comes before what is inside of it, and under it", () => {
    const { nodes, edges } = drawn(nested);
    const order = nodes.map(({ id }) => id);
    expect(order.indexOf("loop")).toBeLessThan(order.indexOf("safe"));
    expect(order.indexOf("safe")).toBeLessThan(order.indexOf("two"));
    const layer = (id: string) => nodes.find((node) => node.id === id)?.zIndex ?? 0;
    expect([layer("loop") < layer("one"), layer("safe") < layer("two")]).toEqual([true, true]);
    const between = edges.find(({ id }) => id === "one-safe")?.zIndex ?? 0;
    expect(between).toBeGreaterThan(layer("loop"));
    expect(between).toBeLessThan(layer("one"));
    expect(nodes.find(({ id }) => id === "two")).toMatchObject({
      parentId: "safe",
      ariaLabel: expect.stringContaining("inside “Safe”"),
    });
  });

  it("of a draft that is wrong is none: its nodes are drawn at the top", () => {
    const circle: Flow = {
      ...flow,
      nodes: [
        { ...loop, parent: "safe" } as FlowNode,
        { id: "safe", name: "Safe", kind: "try", parent: "loop", ...at(0, 0) },
        make("lost", { x: 0, y: 0 }, "nowhere"),
      ],
      edges: [],
    };
    expect(drawn(circle).nodes.map(({ parentId }) => parentId)).toEqual([undefined, undefined, undefined]);
  });
});

describe("adding", () => {
  it("puts a node into an empty container below its header", () => {
    const { edit, id } = addNode(
      { ...flow, nodes: [loop], edges: [] },
      { kind: "code" },
      { after: null, at: null, into: "loop" },
    );
    expect(nodeOf(changed({ ...flow, nodes: [loop], edges: [] }, [edit]), id)).toMatchObject({
      parent: "loop",
      position: { x: frameInset.left, y: frameInset.top },
    });
  });

  it("behind a node inside stays inside, and what is below the container makes room", () => {
    const { edit, id } = addNode(flow, { kind: "delay" }, { after: { node: "two", port: "out" }, at: null });
    const next = changed(flow, withRoom(flow, [edit]));
    expect(parentOf(nodeOf(next, id) ?? start)).toBe("loop");
    expect(next.edges.at(-1)).toMatchObject({ source: "two", target: id });
    expect(nodeOf(next, "after")?.position.y).toBeGreaterThan(after.position.y);
    expect(covered(next)).toEqual([]);
  });

  it("into an edge inside stays inside, and makes the containers around larger", () => {
    const inserted = insertNode(nested, { kind: "for-each" }, "one-safe");
    const next = changed(nested, withRoom(nested, inserted?.edits ?? []));
    expect(parentOf(nodeOf(next, inserted?.id ?? "") ?? start)).toBe("loop");
    expect(covered(next)).toEqual([]);
  });

  it("makes a container grow to both sides, so that it stays in line with what leads to it", () => {
    const { edit } = addNode(flow, { kind: "approval" }, { after: { node: "two", port: "out" }, at: null });
    const next = changed(flow, withRoom(flow, [edit]));
    const middle = (now: Flow) => {
      const frame = nodeOf(now, "loop") ?? start;
      return frame.position.x + geometryOf(now).size(frame).width / 2;
    };
    expect(geometryOf(next).size(nodeOf(next, "loop") ?? start).width).toBeGreaterThan(emptyFrame.width);
    expect(middle(next)).toBe(middle(flow));
  });

  it("puts no stop between two nodes: nothing leads out of one", () => {
    expect(insertNode(flow, { kind: "stop" }, "one-two")).toBeNull();
  });
});

describe("a border", () => {
  it.each([
    ["start", "one", "“ONE” is inside of “Loop”, and no edge crosses its border: lead to “Loop” itself."],
    ["one", "after", "“ONE” is inside of “Loop”, and no edge crosses its border: lead on from “Loop” itself."],
    ["loop", "two", "“TWO” is inside of “Loop”, which runs it without an edge."],
  ])("is crossed by no edge: %s to %s", (source, target, words) => {
    expect(connectionProblem(flow, { source, port: "out", target })).toBe(words);
  });

  it("is crossed by a node that no edge holds, and the node keeps its place on the canvas", () => {
    const free: Flow = { ...flow, edges: [edge("one", "two")] };
    const into = dropNodes(free, { after: { x: 40, y: 240 } });
    const inside = changed(free, into.edits);
    expect(nodeOf(inside, "after")).toMatchObject({ parent: "loop", position: { x: 40, y: 120 } });
    const out = changed(inside, dropNodes(inside, { after: { x: 500, y: 0 } }).edits);
    expect(nodeOf(out, "after")).toMatchObject({ position: { x: 500, y: 120 } });
    expect(nodeOf(out, "after")).not.toHaveProperty("parent");
  });

  it("holds a node that an edge joins to another side, and a trigger, with the reason", () => {
    expect(dropNodes(flow, { after: { x: 40, y: 240 } })).toEqual({
      edits: [],
      refused: expect.stringMatching(/“AFTER” cannot go into “Loop”: an edge joins it to “Loop”/),
    });
    expect(dropNodes(flow, { two: { x: 900, y: 900 } }).refused).toMatch(/“TWO” cannot go out/);
    expect(dropNodes({ ...flow, edges: [] }, { start: { x: 40, y: 240 } }).refused).toMatch(/trigger/);
    const both = dropNodes(flow, { one: { x: 900, y: 900 }, two: { x: 900, y: 1_020 } });
    expect(both.edits).toHaveLength(2);
  });

  it("moves with a node that still touches it, and keeps the header free", () => {
    expect(dropNodes(flow, { two: { x: 260, y: 300 } }).edits).toEqual([
      { edit: "move", positions: { two: { x: 260, y: 300 } } },
    ]);
    expect(dropNodes(flow, { two: { x: -40, y: 20 } }).edits).toEqual([{ edit: "move", positions: { two: { x: 40, y: 100 } } }]);
  });

  it("does not let a container into its own inside", () => {
    expect(containerAt(nested, { x: 60, y: 460 })).toBe("safe");
    expect(dropNodes({ ...nested, edges: [] }, { loop: { x: 20, y: 140 } }).edits).toEqual([
      { edit: "move", positions: { loop: { x: 20, y: 140 } } },
    ]);
  });
});

it("goes with all that is inside, and comes back with one undo", () => {
  const [removal] = deleteSelected(nested, { nodes: ["loop"], edges: [] });
  const gone = removal && applyEdit(nested, removal);
  expect(gone).toMatchObject({ outcome: "applied", flow: { nodes: [{ id: "start" }, { id: "after" }], edges: [] } });
  if (gone?.outcome === "applied") expect(changed(gone.flow, [gone.inverse])).toEqual(nested);
});

it("moves its inside with it, which is moved once when both are chosen", () => {
  const moved = moveSelected(flow, { nodes: ["loop", "one"], edges: [] }, { x: grid, y: 0 });
  expect(moved).toEqual([{ edit: "move", positions: { loop: { x: 20, y: 120 } } }]);
});

describe("a copy", () => {
  it("has the inside in it, with edges and references of its own", () => {
    const { edits, ids } = duplicateSelected(nested, { nodes: ["loop"], edges: [] });
    const next = changed(nested, edits);
    expect(ids).toEqual(["loop-2", "one-2", "safe-2", "two-2"]);
    expect(nodeOf(next, "two-2")).toMatchObject({
      parent: "safe-2",
      position: { x: 40, y: 100 },
      output: "{{steps.one-2.output}}",
    });
    expect(next.edges.at(-1)).toMatchObject({ source: "one-2", target: "safe-2" });
    expect(covered(next)).toEqual([]);
  });

  it("of a node inside stays inside, and leaves a container that the other flow has not", () => {
    const copied = copyNodes(flow, new Set(["two"]));
    const beside = pasteNodes(flow, copied, { x: 300, y: 0 }).edit;
    expect(beside).toMatchObject({ nodes: [{ node: { parent: "loop" } }] });
    const elsewhere = pasteNodes({ ...flow, nodes: [start], edges: [] }, copied, { x: 0, y: 0 }).edit;
    expect(elsewhere.edit === "add" && elsewhere.nodes[0]?.node).not.toHaveProperty("parent");
  });
});

describe("the keyboard", () => {
  const copied = (id: string) => copyNodes(flow, new Set([id]));
  const paste = (id: string, selected: string[]) => {
    const { edits, ids } = pasteWhere(flow, copied(id), { nodes: selected, edges: [] });
    const next = changed(flow, withRoom(flow, edits));
    expect(covered(next)).toEqual([]);
    return nodeOf(next, ids[0] ?? "") ?? start;
  };

  it("pastes into the container that is selected, and beside the node that is", () => {
    expect(paste("after", ["loop"])).toMatchObject({ parent: "loop", position: { x: 40 } });
    expect(paste("after", ["one"])).toMatchObject({ parent: "loop" });
    expect(paste("one", ["after"])).not.toHaveProperty("parent");
  });

  it("pastes where it was without a selection, and a container beside itself", () => {
    expect(paste("one", [])).toMatchObject({ parent: "loop" });
    expect(paste("loop", ["loop"])).not.toHaveProperty("parent");
    expect(paste("start", ["loop"])).not.toHaveProperty("parent");
  });
});

it("is entered and left by the arrow keys", () => {
  const walk = (from: string, way: "up" | "down") => nodeTowards(flow, from, way);
  expect(["start", "loop", "one", "two"].map((id) => walk(id, "down"))).toEqual(["loop", "one", "two", "after"]);
  expect(["two", "one", "loop"].map((id) => walk(id, "up"))).toEqual(["one", "loop", "start"]);
});

test("the layout of any tree of containers covers nothing, and lays out the same again", () => {
  const trees = fc.array(fc.record({ parent: fc.nat(), container: fc.boolean(), after: fc.option(fc.nat()) }), { maxLength: 14 });
  fc.assert(
    fc.property(trees, (list) => {
      const nodes: FlowNode[] = [];
      const edges: Flow["edges"] = [];
      for (const [index, { parent, container, after: before }] of list.entries()) {
        const containers = nodes.filter(isContainer);
        const home = containers[parent % (containers.length + 1)]?.id;
        const plain = make(`n${index}`, { x: (index % 3) * 20, y: 0 }, home);
        nodes.push(
          container
            ? { id: plain.id, name: plain.name, kind: "try", position: plain.position, ...(home && { parent: home }) }
            : plain,
        );
        const siblings = nodes.slice(0, -1).filter((node) => (parentOf(node) ?? undefined) === home);
        const source = before === null ? undefined : siblings[before % Math.max(1, siblings.length)]?.id;
        if (source !== undefined) edges.push(edge(source, plain.id));
      }
      const made: Flow = { schemaVersion: 1, nodes, edges };
      const laid = changed(made, [{ edit: "move", positions: layoutFlow(made) }]);
      expect(covered(laid)).toEqual([]);
      expect(geometryOf(laid).direction === geometryOf(made).direction ? layoutFlow(laid) : layoutFlow(made)).toEqual(
        layoutFlow(made),
      );
    }),
    { numRuns: 40 },
  );
});
