import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEdit } from "../../shared/flow/apply-edit.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { version } from "../testing/sample-run.ts";
import { lastOfEach } from "./flow-history.ts";
import { createFlowStore, documentOf } from "./flow-store.ts";

const { document } = version;
const node = (id: string): FlowNode => ({ id, name: id, kind: "transform", output: {}, position: { x: 0, y: 0 } });
const named = (name: string): FlowEdit => ({ edit: "set-node", node: { ...node("t"), name } });

function open(flow: Flow = document) {
  const heard: FlowEdit[] = [];
  const store = createFlowStore(flow, (edits) => heard.push(...edits));
  return { store, heard, now: () => documentOf(store.getState()), ...store.getState() };
}

test("undoes an edit and brings it again", () => {
  const { edit, undo, redo, now } = open();
  edit([{ edit: "remove", nodes: ["search"], edges: [] }]);
  const without = now();
  expect(without.nodes.map(({ id }) => id)).not.toContain("search");
  undo();
  expect(now()).toEqual(document);
  redo();
  expect(now()).toEqual(without);
});

test("makes one step of a call with several edits, and all of them or none", () => {
  const { edit, undo, now, heard } = open();
  edit([
    { edit: "add", nodes: [{ node: node("t") }], edges: [] },
    { edit: "move", positions: { t: { x: 5, y: 5 } } },
  ]);
  undo();
  expect(now()).toEqual(document);
  const before = heard.length;
  const refused = edit([
    { edit: "add", nodes: [{ node: node("t") }], edges: [] },
    { edit: "remove", nodes: ["nobody"], edges: [] },
  ]);
  expect(refused).toEqual({ outcome: "refused", message: 'there is no node "nobody"' });
  expect(now()).toEqual(document);
  expect(heard).toHaveLength(before);
});

test("makes one step of what is typed into one field, and another of the next field", () => {
  const { edit, undo, now } = open({ ...document, nodes: [node("t")], edges: [] });
  for (const name of ["A", "Ab", "Abc"]) edit([named(name)], { group: "t name" });
  edit([{ edit: "set-node", node: { ...node("t"), name: "Abc", position: { x: 9, y: 9 } } }], { group: "t position" });
  undo();
  expect(now().nodes[0]?.name).toBe("Abc");
  undo();
  expect(now().nodes[0]?.name).toBe("t");
});

test("does not join what is typed after an undo to what was typed before it", () => {
  const { edit, undo, redo, now } = open({ ...document, nodes: [node("t")], edges: [] });
  edit([named("A")], { group: "t name" });
  undo();
  redo();
  edit([named("B")], { group: "t name" });
  undo();
  expect(now().nodes[0]?.name).toBe("A");
});

test("forgets what was undone once something else is done", () => {
  const { edit, undo, redo, now } = open();
  edit([{ edit: "add", nodes: [{ node: node("one") }], edges: [] }]);
  undo();
  edit([{ edit: "add", nodes: [{ node: node("two") }], edges: [] }]);
  expect(redo()).toEqual({ outcome: "unchanged" });
  expect(now().nodes.at(-1)?.id).toBe("two");
});

test("keeps the last of edits in a row that replace the same", () => {
  const move = (x: number): FlowEdit => ({ edit: "move", positions: { t: { x, y: 0 } } });
  expect(lastOfEach([named("A"), named("B"), move(1), move(2), named("C")])).toEqual([named("B"), move(2), named("C")]);
});

test("what the saver hears brings a copy to the same document, and undoing all of it back to the first", () => {
  const position = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) });
  const id = fc.constantFrom("lead", "search", "found", "known", "t", "u");
  const edit: fc.Arbitrary<FlowEdit> = fc.oneof(
    fc.tuple(id, position).map(([one, at]): FlowEdit => ({ edit: "move", positions: { [one]: at } })),
    id.map((one): FlowEdit => ({ edit: "add", nodes: [{ node: node(one) }], edges: [] })),
    id.map((one): FlowEdit => ({ edit: "remove", nodes: [one], edges: [] })),
  );
  const act = fc.oneof(
    fc.record({ edits: fc.array(edit, { minLength: 1, maxLength: 3 }), group: fc.constantFrom(undefined, "g", "h") }),
    fc.constantFrom("undo" as const, "redo" as const),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
      const { store, heard, now } = open();
      for (const one of acts) {
        const { edit, undo, redo } = store.getState();
        if (one === "undo") undo();
        else if (one === "redo") redo();
        else edit(one.edits, { group: one.group });
      }
      const copy = lastOfEach(heard).reduce((flow, each) => {
        const applied = applyEdit(flow, each);
        return applied.outcome === "applied" ? applied.flow : flow;
      }, document);
      expect(copy).toEqual(now());
      while (store.getState().undo().outcome === "changed");
      expect(now()).toEqual(document);
    }),
    { numRuns: 200 },
  );
});
