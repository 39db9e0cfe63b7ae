import { expect, it } from "vitest";
import type { Flow } from "../../shared/flow/flow.ts";
import { emptyRunView, type StepView } from "../../shared/run/run-view.ts";
import { rerunSteps } from "./rerun-steps.ts";

const position = { x: 0, y: 0 };
const flow: Flow = {
  schemaVersion: 1,
  nodes: [
    { id: "event", name: "Event", kind: "manual-trigger", position },
    { id: "shape", name: "Shape", kind: "transform", output: {}, position },
    { id: "end", name: "End", kind: "transform", output: {}, position },
  ],
  edges: [],
};
const step = (node: string, ...iteration: number[]) => ({ node, iteration, status: "succeeded" }) as unknown as StepView;

it("lists steps in the order of the flow and iterations by their number, whichever ended first", () => {
  const steps = {
    event: step("event"),
    end: step("end"),
    "shape[10]": step("shape", 10),
    "shape[2]": step("shape", 2),
  };
  expect(rerunSteps(flow, { ...emptyRunView(), steps })).toEqual([
    { key: "shape[2]", name: "Shape, iteration 3" },
    { key: "shape[10]", name: "Shape, iteration 11" },
    { key: "end", name: "End" },
  ]);
});
