import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { FlowProblem } from "../../../shared/flow/validate-flow.ts";
import { ApiError } from "../../api/api-error.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { runDraft } from "../../api/routes.ts";
import type { SaveQueue } from "../../api/save-queue.ts";
import { notify } from "../../ui/toast.ts";
import { useRun } from "../runs/use-run.ts";
import { notSaved } from "./not-saved.ts";
import { problemsOf } from "./publish-dialog.tsx";

/**
 * Test runs of a draft: the one that is shown on the canvas, and the one whose outputs are the samples of its panels, which stays
 * when one goes back to editing. `last`: the flow's last run before this visit.
 */
export function useTestRun(
  { flow, last, queue }: { flow: string; last: string | null; queue: SaveQueue },
  onProblems: (problems: FlowProblem[]) => void,
) {
  const client = useQueryClient();
  const [run, setRun] = useState({ id: last, shown: false });
  const { data, view } = useRun(run.id);
  const sampled = useMemo(() => (run.id !== null && data ? { run: run.id, view } : null), [run.id, data, view]);
  const start = useMutation({
    async mutationFn(until: string | undefined) {
      if (!(await queue.flush())) throw notSaved();
      const body = { revision: queue.revision(), ...(until === undefined ? {} : { until }) };
      return call(runDraft, { params: { flow }, body });
    },
    onSuccess({ run: id }) {
      setRun({ id, shown: true });
      void client.invalidateQueries({ queryKey: ["runs"] });
    },
    onError(error) {
      const problems = problemsOf(error);
      if (problems) onProblems(problems);
      notify("failed", "The draft was not run", problems ? "Its problems are listed below the canvas." : whyNotRun(error));
    },
  });
  return {
    sampled,
    /** The run to show on the canvas. */
    shown: run.shown && data ? { run: data.run, version: data.version, view } : null,
    starting: start.isPending || (run.shown && !data),
    start: (until?: string) => start.mutate(until),
    clear: () => setRun((before) => ({ ...before, shown: false })),
  };
}

/** A form of the trigger is filled in by its sample, which can lack what the form requires. */
function whyNotRun(error: Error): string {
  const { why } = explain(error);
  const isOfForm = error instanceof ApiError && error.code === "bad_request" && Array.isArray(error.details?.problems);
  return isOfForm ? `${why} A test run fills the form in with the trigger's sample body: write it there.` : why;
}
