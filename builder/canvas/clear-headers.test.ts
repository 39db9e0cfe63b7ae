import { expect, it } from "vitest";
import { applyEdit } from "../../shared/flow/apply-edit.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { nothing } from "../stores/selection.ts";
import { frameInset } from "./card-size.ts";
import { clearHeaders } from "./clear-headers.ts";
import { toCanvas } from "./to-canvas.ts";

const corner = { x: 0, y: 0 };
const flow: Flow = {
  schemaVersion: 1,
  nodes: [
    { id: "lead", name: "Lead", kind: "webhook-trigger", position: corner },
    { id: "each", name: "Each", kind: "for-each", items: [], concurrency: 1, onItemError: "stop", position: { x: 0, y: 120 } },
    { id: "one", name: "One", kind: "transform", output: {}, parent: "each", position: corner },
    { id: "two", name: "Two", kind: "transform", output: {}, parent: "each", position: { x: 0, y: 120 } },
  ],
  edges: [{ id: "lead-each", source: "lead", port: "out", target: "each" }],
};
const draw = (document: Flow) =>
  toCanvas({ document, labels: { connectors: [], connections: {} }, view: null, selection: nothing });
const placesIn = (document: Flow) => Object.fromEntries(draw(document).nodes.map(({ id, position }) => [id, position]));

it("draws what was placed upon a container's header below it, all inside alike, and leaves the others", () => {
  expect(placesIn(flow)).toEqual({
    lead: corner,
    each: { x: 0, y: 120 },
    one: { x: frameInset.left, y: frameInset.top },
    two: { x: frameInset.left, y: frameInset.top + 120 },
  });
});

it("makes the document what is drawn, and that is drawn as it is", () => {
  const { edits, flow: drawn } = clearHeaders(flow);
  const [edit, ...others] = edits;
  expect(others).toEqual([]);
  const applied = edit && applyEdit(flow, edit);
  expect(applied).toMatchObject({ outcome: "applied", flow: drawn });
  expect(clearHeaders(drawn)).toEqual({ flow: drawn, edits: [] });
});
