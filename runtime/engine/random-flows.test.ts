import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { FlowNode } from "../../shared/flow/node.ts";
import { node, startTestEngine, type TestEngine } from "../testing/test-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

type Shape = { kind: "call" | "transform" | "branch"; effect: "read" | "idempotent" | "unsafe"; parents: number[] };

/** Node i may follow any of the nodes before it; `parents` are taken modulo i. */
const shapes: fc.Arbitrary<Shape[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("call" as const, "transform" as const, "branch" as const),
    effect: fc.constantFrom("read" as const, "idempotent" as const, "unsafe" as const),
    parents: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 12 },
);

function build(drawn: Shape[], run: string): { nodes: FlowNode[]; edges: string[] } {
  const id = (index: number) => (index === 0 ? "start" : `n${index}`);
  const nodes = drawn.map((shape, index): FlowNode => {
    const name = id(index + 1);
    if (shape.kind === "call") return node.call(name, shape.effect, { inputs: { value: `${run}:${name}` } });
    return shape.kind === "branch" ? node.branch(name, index % 2, 0) : node.transform(name, index);
  });
  const edges = drawn.flatMap((shape, index) => {
    const parents = [...new Set(shape.parents.map((parent) => parent % (index + 1)))];
    return parents.map((parent) => {
      const port = parent > 0 && drawn[parent - 1]?.kind === "branch" ? `:${index % 3 === 0 ? "false" : "true"}` : "";
      return `${id(parent)}${port} -> ${id(index + 1)}`;
    });
  });
  return { nodes: [node.start(), ...nodes], edges };
}

it("settles every node of any flow once, and sends each call that is not skipped exactly once", async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(shapes, async (drawn) => {
      count += 1;
      const { nodes, edges } = build(drawn, `run${count}`);
      const flow = await engine.publish(nodes, edges);
      const before = engine.upstream.requests.length;
      const run = await engine.start(flow);
      const view = await engine.reaches(run);
      expect(view.status).toBe("succeeded");
      expect(Object.keys(view.steps).sort()).toEqual(nodes.map(({ id }) => id).sort());
      const called = nodes
        .filter(({ id, kind }) => kind === "call" && view.steps[id]?.status === "succeeded")
        .map(({ id }) => `run${count}:${id}`);
      const sent = engine.upstream.requests.slice(before).map(({ body }) => (body as { value: string }).value);
      expect(sent.sort()).toEqual(called.sort());
      const kinds = (await engine.entries(run)).flatMap((entry) =>
        "node" in entry && entry.kind.startsWith("step-") ? [`${entry.node} ${entry.kind}`] : [],
      );
      expect(new Set(kinds).size).toBe(kinds.length);
    }),
    { numRuns: 60 },
  );
});
