import { expect, it } from "vitest";
import type { Flow } from "../../shared/flow/flow.ts";
import type { IterationChunk } from "../../shared/run/iteration-chunk.ts";
import { chunkSteps } from "./chunk-steps.ts";

const at = { position: { x: 0, y: 0 } };
const rule = { match: "all" as const, conditions: [{ left: 1, operator: "exists" as const }] };
const flow: Flow = {
  schemaVersion: 1,
  nodes: [
    { id: "loop", name: "Loop", kind: "for-each", items: [], concurrency: 1, onItemError: "continue", ...at },
    { id: "large", name: "Large", kind: "branch", ...rule, parent: "loop", ...at },
    { id: "keep", name: "Keep", kind: "transform", output: 1, parent: "loop", ...at },
    { id: "outside", name: "Outside", kind: "transform", output: 1, ...at },
  ],
  edges: [],
};
const chunk: IterationChunk = {
  steps: {
    large: {
      statuses: "ssf",
      outputs: [{ matched: true }, { matched: false }, null],
      errors: { "2": { code: "invalid_input", message: "no number" } },
    },
    keep: { statuses: "sk-", outputs: [{ n: 1 }, null, null] },
    outside: { statuses: "sss", outputs: [1, 1, 1] },
  },
};
const steps = (place: number) => chunkSteps(flow, "loop", { chunk, at: place, path: [40 + place] });

it("gives the steps of one iteration, with what they gave and the port that their rule took", () => {
  expect(steps(0)).toMatchObject([
    { key: "large[40]", step: { status: "succeeded", ports: ["true"], iteration: [40] }, output: { matched: true } },
    { key: "keep[40]", step: { status: "succeeded", ports: ["out"] }, output: { n: 1 } },
  ]);
  expect(steps(1)).toMatchObject([{ step: { ports: ["false"] } }, { step: { status: "skipped", ports: [] }, output: undefined }]);
});

it("leaves out what was not reached, and says why a step failed", () => {
  expect(steps(2)).toMatchObject([{ key: "large[42]", step: { status: "failed", error: { message: "no number" }, ports: [] } }]);
  expect(steps(2)).toHaveLength(1);
});
