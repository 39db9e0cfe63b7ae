import { applyEdit } from "../../shared/flow/apply-edit.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";

/** One step to undo: what brings the document back, and what brings the step again. */
type Step = { undo: FlowEdit[]; redo: FlowEdit[]; group: string | null };

/** A document with the way back to how it was, and forward again. */
export type FlowHistory = { document: Flow; past: readonly Step[]; future: readonly Step[] };

/** `edits`: what was applied, in order; the same edits bring any copy of the document along. */
export type Change = { outcome: "changed"; history: FlowHistory; edits: FlowEdit[] };
export type ChangeOutcome = Change | { outcome: "unchanged" } | { outcome: "refused"; message: string };

const maxSteps = 200;

export function newHistory(document: Flow): FlowHistory {
  return { document, past: [], future: [] };
}

/**
 * Applies edits as one step, all or none. A step of the same `group` as the one before joins it, so that a word typed or a node
 * pushed by keys is undone at once.
 */
export function applyEdits(history: FlowHistory, edits: FlowEdit[], group: string | null): ChangeOutcome {
  if (edits.length === 0) return { outcome: "unchanged" };
  const applied = applyAll(history.document, edits);
  if (applied.outcome === "refused") return applied;
  const last = history.past.at(-1);
  const joins = group !== null && last?.group === group && history.future.length === 0;
  const step: Step = joins
    ? { undo: [...applied.undo, ...last.undo], redo: [...last.redo, ...edits], group }
    : { undo: applied.undo, redo: edits, group };
  const before = joins ? history.past.slice(0, -1) : history.past;
  const past = [...before, shorten(step)].slice(-maxSteps);
  return { outcome: "changed", history: { document: applied.flow, past, future: [] }, edits };
}

export function undoStep(history: FlowHistory): ChangeOutcome {
  const step = history.past.at(-1);
  if (!step) return { outcome: "unchanged" };
  const applied = applyAll(history.document, step.undo);
  if (applied.outcome === "refused") return applied;
  const next = { document: applied.flow, past: history.past.slice(0, -1), future: [step, ...history.future] };
  return { outcome: "changed", history: next, edits: step.undo };
}

export function redoStep(history: FlowHistory): ChangeOutcome {
  const [step, ...future] = history.future;
  if (!step) return { outcome: "unchanged" };
  const applied = applyAll(history.document, step.redo);
  if (applied.outcome === "refused") return applied;
  // What comes after is a step of its own, even in the same field.
  const past = [...history.past, { ...step, group: null }];
  return { outcome: "changed", history: { document: applied.flow, past, future }, edits: step.redo };
}

type Applied = { outcome: "applied"; flow: Flow; undo: FlowEdit[] } | { outcome: "refused"; message: string };

function applyAll(document: Flow, edits: readonly FlowEdit[]): Applied {
  let flow = document;
  const undo: FlowEdit[] = [];
  for (const edit of edits) {
    const applied = applyEdit(flow, edit);
    if (applied.outcome === "refused") return applied;
    flow = applied.flow;
    undo.unshift(applied.inverse);
  }
  return { outcome: "applied", flow, undo };
}

function shorten(step: Step): Step {
  return { ...step, undo: lastOfEach(step.undo), redo: lastOfEach(step.redo) };
}

/** Of edits in a row that replace the same thing, only the last one tells: a sentence typed is one edit, not sixty. */
export function lastOfEach(edits: readonly FlowEdit[]): FlowEdit[] {
  return edits.filter((edit, index) => {
    const next = edits[index + 1];
    return !(next && replaces(next, edit));
  });
}

function replaces(next: FlowEdit, edit: FlowEdit): boolean {
  if (edit.edit === "set-node") return next.edit === "set-node" && next.node.id === edit.node.id;
  if (edit.edit === "move")
    return next.edit === "move" && Object.keys(edit.positions).every((id) => Object.hasOwn(next.positions, id));
  return false;
}
