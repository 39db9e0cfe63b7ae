import { createStore, type StoreApi } from "zustand/vanilla";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { applyEdits, type ChangeOutcome, type FlowHistory, newHistory, redoStep, undoStep } from "./flow-history.ts";

export type EditResult = { outcome: "changed" | "unchanged" } | { outcome: "refused"; message: string };

/** The document of one flow page. It changes through edits alone, each of which can be undone. */
export type FlowState = {
  history: FlowHistory;
  /** Applies edits as one step to undo. Steps in a row with the same `group` are one. */
  edit: (edits: FlowEdit[], options?: { group?: string | undefined }) => EditResult;
  undo: () => EditResult;
  redo: () => EditResult;
};
export type FlowStore = StoreApi<FlowState>;

/** Makes the store of a document. `onEdits` hears of what was applied, undoing included, in order: to save it. */
export function createFlowStore(document: Flow, onEdits: (edits: FlowEdit[]) => void): FlowStore {
  return createStore<FlowState>()((set, get) => {
    function take(change: ChangeOutcome): EditResult {
      if (change.outcome !== "changed") return change;
      set({ history: change.history });
      onEdits(change.edits);
      return { outcome: "changed" };
    }
    return {
      history: newHistory(document),
      edit: (edits, options) => take(applyEdits(get().history, edits, options?.group ?? null)),
      undo: () => take(undoStep(get().history)),
      redo: () => take(redoStep(get().history)),
    };
  });
}

export function documentOf(state: FlowState): Flow {
  return state.history.document;
}
