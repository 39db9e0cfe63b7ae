import { describe, expect, test } from "vitest";
import type { Json } from "../json.ts";
import { applyEdit } from "./apply-edit.ts";
import { TryNode } from "./container-node.ts";
import type { Flow } from "./flow.ts";
import { readFlowFile } from "./flow-file.ts";
import { buildGraph, containersOf } from "./graph.ts";
import { deepestNesting } from "./nesting.ts";
import { FlowNode } from "./node.ts";
import { validateFlow } from "./validate-flow.ts";

const position = { x: 0, y: 0 };
const start: FlowNode = { id: "start", name: "Start", kind: "manual-trigger", position };
const first = { id: "e", source: "start", port: "out", target: "in-1" };
const plain = TryNode.parse({ id: "in", name: "Try", kind: "try", position });
const container = (n: number, parent: number | null): FlowNode => ({
  ...plain,
  ...{ id: `in-${n}`, name: `Try ${n}` },
  ...(parent !== null && { parent: `in-${parent}` }),
});

/** So many containers inside of one another, the innermost first where it is said: whoever climbs from there climbs far. */
function nested(count: number, innermostFirst = false): Flow {
  const all = Array.from({ length: count }, (_, index) => container(index + 1, index === 0 ? null : index));
  return { schemaVersion: 1, nodes: [start, ...(innermostFirst ? all.reverse() : all)], edges: [first] };
}

describe("containers inside of containers", () => {
  test("may be twenty deep, with steps in the innermost", () => {
    const flow = nested(deepestNesting);
    const step = FlowNode.parse({
      id: "step",
      name: "Step",
      kind: "transform",
      output: 1,
      position,
      parent: `in-${deepestNesting}`,
    });
    expect(validateFlow({ ...flow, nodes: [...flow.nodes, step] })).toEqual([]);
  });

  test("may not be drawn or imported in a circle", () => {
    const none: Flow = { schemaVersion: 1, nodes: [start], edges: [] };
    const circle = [container(1, 2), container(2, 3), container(3, 1)];
    for (const nodes of [[container(1, 1)], circle]) {
      const added = applyEdit(none, { edit: "add", nodes: nodes.map((node) => ({ node })), edges: [] });
      expect(added).toEqual({ outcome: "refused", message: '"Try 1" would be inside of itself' });
      const file = readFlowFile({ patchbay: "flow", format: 1, name: "x", flow: { ...none, nodes: [start, ...nodes] } as Json });
      expect(file).toMatchObject({ outcome: "refused", problems: [expect.stringContaining("inside of itself")] });
    }
    const drawn = applyEdit(nested(2), { edit: "set-node", node: container(1, 2) });
    expect(drawn).toMatchObject({ outcome: "refused", message: expect.stringContaining("inside of itself") });
  });

  test("are refused at the one that is too many, once, with a way out", () => {
    expect(validateFlow(nested(deepestNesting + 3))).toEqual([
      {
        node: "in-21",
        field: "parent",
        code: "nested_too_deep",
        severity: "error",
        message: '"Try 21" is inside of 20 containers already: they may be 20 deep at most',
        fix: expect.stringContaining("sub-flow"),
      },
    ]);
  });

  // Work that grows with the square of it would not end in time.
  test.each([false, true])("are counted in one pass, however many there are (the innermost first: %s)", (innermostFirst) => {
    const flow = nested(30_000, innermostFirst);
    expect(validateFlow(flow)).toHaveLength(1);
    expect(buildGraph(flow).depth.size).toBe(30_001);
    expect(applyEdit(flow, { edit: "add", nodes: [{ node: container(0, 30_000) }], edges: [] }).outcome).toBe("applied");
    expect(containersOf(buildGraph(flow), "in-30000")).toHaveLength(29_999);
  });

  test("in a circle are no depth", () => {
    const flow: Flow = { schemaVersion: 1, nodes: [start, container(1, 2), container(2, 1)], edges: [first] };
    expect(validateFlow(flow).map(({ code }) => code)).toContain("container_cycle");
  });
});

describe("an edit that nests too deep", () => {
  const message = '"Try 21" is inside of 20 containers already: they may be 20 deep at most';
  const full = nested(deepestNesting);

  test("is refused when it adds, as is a file", () => {
    const edit = { edit: "add" as const, nodes: [{ node: container(21, 20) }], edges: [] };
    expect(applyEdit(full, edit)).toEqual({ outcome: "refused", message });
    const { nodes, edges } = nested(deepestNesting + 1);
    const flow = { schemaVersion: 1, nodes, edges };
    const file = readFlowFile(JSON.parse(JSON.stringify({ patchbay: "flow", format: 1, name: "Deep", flow })));
    expect(file).toEqual({ outcome: "refused", problems: [`flow: ${message}`] });
  });

  test("is refused when it moves a container with what is inside of it", () => {
    const beside = { ...full, nodes: [...full.nodes, container(21, null), container(22, 21)] };
    const moved = applyEdit(beside, { edit: "set-node", node: container(21, 19) });
    expect(moved).toEqual({ outcome: "refused", message: message.replace("21", "22") });
    expect(applyEdit(beside, { edit: "set-node", node: container(21, 18) }).outcome).toBe("applied");
  });
});
