import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { foldJournal, type RunView } from "../../../shared/run/run-view.ts";
import { followRun } from "../../api/live-run.ts";
import { runQuery } from "../../api/queries.ts";
import { useRunStore } from "../../stores/run-store.ts";

/** A run and its state as it stands now: fetched once, then carried on by its stream until it has finished. Null: none. */
export function useRun(run: string | null) {
  const query = useQuery({ ...runQuery(run ?? ""), enabled: run !== null });
  const fold = useRunStore((state) => state.fold);
  const entries = query.data?.entries;
  // The store takes the entries in after the first drawing, which must not show a run that has not begun.
  const first = useMemo(() => foldJournal(entries ?? []), [entries]);
  const view: RunView = useRunStore((state) => (state.run === run ? state.view : first));
  useEffect(() => {
    if (run !== null && entries) fold(run, entries);
  }, [run, entries, fold]);

  const loaded = entries !== undefined;
  const over = view.finishedAt !== null;
  useEffect(() => {
    if (run === null || !loaded || over) return;
    return followRun({
      run,
      after: () => useRunStore.getState().view.length,
      onEntries: (more) => fold(run, more),
      onConnection: () => {},
    });
  }, [run, loaded, over, fold]);
  return { ...query, view };
}
