import { useState } from "react";
import type { RunSummary } from "../../../shared/api/runs.ts";

/** How many runs one request acts on at most. */
export const mostChosen = 500;

/** The runs of a list that are chosen, and the ways to choose. */
export type ChosenRuns = {
  runs: readonly RunSummary[];
  has: (run: string) => boolean;
  toggle: (run: string) => void;
  /** All that are shown, or none where all are chosen already. */
  toggleAll: () => void;
  clear: () => void;
};

/** Keeps what is chosen of a list of runs; what is no longer shown is not chosen any more. */
export function useChosenRuns(shown: readonly RunSummary[]): ChosenRuns {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const runs = shown.filter(({ id }) => ids.has(id));
  return {
    runs,
    has: (run) => ids.has(run),
    toggle(run) {
      const next = new Set(runs.map(({ id }) => id));
      if (!next.delete(run)) next.add(run);
      setIds(next);
    },
    toggleAll: () => setIds(new Set(runs.length === shown.length ? [] : shown.map(({ id }) => id))),
    clear: () => setIds(new Set()),
  };
}
