import { expect, it } from "vitest";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { emptyRunView, type RunView, type StepView } from "../../shared/run/run-view.ts";
import { choiceFor, shownPaths } from "./shown-path.ts";

const position = { x: 0, y: 0 };
const loop = (id: string, parent?: string): FlowNode => ({
  id,
  name: id,
  kind: "for-each",
  items: "{{trigger.body}}",
  concurrency: 2,
  onItemError: "continue",
  position,
  ...(parent !== undefined && { parent }),
});
const flow: Flow = {
  schemaVersion: 1,
  nodes: [
    loop("rows"),
    loop("parts", "rows"),
    { id: "tried", name: "Tried", kind: "try", position, parent: "parts" },
    { id: "pay", name: "Pay", kind: "transform", output: {}, parent: "tried", position },
  ],
  edges: [],
};
const step = (node: string, iteration: number[], more: Partial<StepView>) => ({ node, iteration, ...more }) as StepView;
const running = (failed: number) =>
  ({ count: 9, finished: 4, failed, chunks: [], iterations: { 1: { status: "failed" } } }) as unknown as StepView["container"];

function viewOf(status: RunView["status"]): RunView {
  return {
    ...emptyRunView(),
    status,
    steps: {
      rows: step("rows", [], { status: "running", container: running(1) }),
      "parts[5]": step("parts", [5], { status: "running", container: running(1) }),
      "pay[5,7]": step("pay", [5, 7], { status: "waiting", reason: "outcome-unknown", container: null }),
    },
  };
}

it("shows the iteration that asks for a decision, before one that failed, until another is chosen", () => {
  expect(shownPaths(flow, viewOf("waiting"), {}).get("parts")).toEqual([5, 7]);
  expect(shownPaths(flow, viewOf("waiting"), { rows: 2 }).get("parts")).toEqual([2, 0]);
  expect(shownPaths(flow, viewOf("running"), {}).get("rows")).toEqual([1]);
});

it("chooses the iterations around a step by its key, and none that it does not name", () => {
  expect(choiceFor(flow, "pay[5,7]")).toEqual({ rows: 5, "parts[5]": 7 });
  expect(shownPaths(flow, viewOf("waiting"), choiceFor(flow, "pay[2,0]")).get("rows")).toEqual([2]);
  expect(choiceFor(flow, "parts[4]")).toEqual({ rows: 4 });
  for (const key of ["pay", "rows[1]", "gone[1]", "pay[x]"]) expect(choiceFor(flow, key)).toEqual({});
});
