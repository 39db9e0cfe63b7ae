import { expect, it } from "vitest";
import type { Flow } from "../../../shared/flow/flow.ts";
import { compareFlows } from "./compare-flows.ts";

const position = { x: 0, y: 0 };
const flow: Flow = {
  schemaVersion: 1,
  nodes: [{ id: "start", name: "Start", kind: "manual-trigger", position }],
  edges: [],
};
const nothing = { added: [], changed: [], removed: [], edges: 0, settings: [] };

it("names what is set otherwise for all runs, and counts nothing as changed that says the same", () => {
  const limited: Flow = { ...flow, settings: { concurrency: { limit: 1, whenFull: "queue" }, maxSteps: 5 } };
  expect(compareFlows(limited, { ...limited, settings: { maxSteps: 5, concurrency: { whenFull: "queue", limit: 1 } } })).toEqual(
    nothing,
  );
  expect(compareFlows(flow, { ...flow, settings: {} })).toEqual(nothing);
  expect(compareFlows(limited, { ...flow, settings: { concurrency: { limit: 1, whenFull: "drop" } } }).settings).toEqual([
    "Runs at a time",
    "Most steps of a run",
  ]);
});
