import { describe, expect, it } from "vitest";
import type { Flow, FlowEdge } from "./flow.ts";
import { flowUntil } from "./flow-until.ts";
import type { FlowNode } from "./node.ts";

const position = { x: 0, y: 0 };
const start = (id: string): FlowNode => ({ id, name: id, position, kind: "manual-trigger" });
const shape = (id: string): FlowNode => ({ id, name: id, position, kind: "transform", output: id });
const edge = (source: string, target: string): FlowEdge => ({ id: `${source}-${target}`, source, port: "out", target });
const flow: Flow = {
  schemaVersion: 1,
  nodes: [start("start"), start("other"), ...["a", "b", "c", "after", "beside"].map(shape)],
  edges: [edge("start", "a"), edge("start", "b"), edge("a", "c"), edge("b", "c"), edge("c", "after"), edge("a", "beside")],
};
const parts = ({ nodes, edges }: Flow) => ({ nodes: nodes.map(({ id }) => id), edges: edges.map(({ id }) => id) });

describe("flowUntil", () => {
  it("keeps the node and what leads to it, in the order of the document", () => {
    expect(parts(flowUntil(flow, "c"))).toEqual({
      nodes: ["start", "a", "b", "c"],
      edges: ["start-a", "start-b", "a-c", "b-c"],
    });
  });

  it("keeps a trigger alone, and the flow as it was", () => {
    const before = structuredClone(flow);
    expect(parts(flowUntil(flow, "start"))).toEqual({ nodes: ["start"], edges: [] });
    expect(flow).toEqual(before);
  });

  it("keeps a cycle's nodes, but not its way out of the node", () => {
    const cycle = { ...flow, edges: [...flow.edges, edge("c", "a")] };
    expect(parts(flowUntil(cycle, "c")).nodes).toEqual(["start", "a", "b", "c"]);
    expect(parts(flowUntil(cycle, "c")).edges).not.toContain("c-a");
  });
});
