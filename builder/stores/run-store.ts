import { create } from "zustand";
import type { JournalEntry } from "../../shared/run/journal.ts";
import { emptyRunView, foldJournal, type RunView } from "../../shared/run/run-view.ts";

/** The run on the screen, as the server tells it: folded with the same function that the engine resumes from. */
type RunState = {
  run: string | null;
  view: RunView;
  /** Takes entries of a run in; entries of another run than before start from nothing. */
  fold: (run: string, entries: JournalEntry[]) => void;
};

export const useRunStore = create<RunState>()((set) => ({
  run: null,
  view: emptyRunView(),
  fold: (run, entries) => set((state) => ({ run, view: foldJournal(entries, state.run === run ? state.view : emptyRunView()) })),
}));
