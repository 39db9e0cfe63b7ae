import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { FlowProblem } from "../../../shared/flow/validate-flow.ts";
import type { Json } from "../../../shared/json.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { runDraft } from "../../api/routes.ts";
import type { SaveQueue } from "../../api/save-queue.ts";
import { useShownRun } from "../../panels/use-shown-run.ts";
import { notify } from "../../ui/toast.ts";
import { useRun } from "../runs/use-run.ts";
import { notSaved } from "./not-saved.ts";
import { problemsOf } from "./problems-of.ts";

/**
 * Test runs of a draft: the one that is shown on the canvas, and the one whose outputs are the samples of its panels, which stays
 * when one goes back to editing. `last`: the flow's last run before this visit. `hasForm`: the trigger has a form, to be filled in
 * before a run starts.
 */
export function useTestRun(
  { flow, last, queue, hasForm }: { flow: string; last: string | null; queue: SaveQueue; hasForm: boolean },
  onProblems: (problems: FlowProblem[]) => void,
) {
  const client = useQueryClient();
  const [run, setRun] = useState({ id: last, shown: false });
  const { data, view } = useRun(run.id);
  const shown = useShownRun(run.shown ? run.id : null, data?.version.document ?? null, view);
  const sampled = useMemo(() => (run.id !== null && data ? { run: run.id, view } : null), [run.id, data, view]);
  /** The run that waits for its form. */
  const [asked, setAsked] = useState<{ until: string | undefined } | null>(null);
  const start = useMutation({
    async mutationFn({ until, body: filled }: { until: string | undefined; body: Json | undefined }) {
      if (!(await queue.flush())) throw notSaved();
      const choices = { ...(until === undefined ? {} : { until }), ...(filled === undefined ? {} : { body: filled }) };
      const body = { revision: queue.revision(), ...choices };
      return call(runDraft, { params: { flow }, body });
    },
    onSuccess({ run: id }) {
      setRun({ id, shown: true });
      void client.invalidateQueries({ queryKey: ["runs"] });
    },
    onError(error) {
      const problems = problemsOf(error);
      if (problems) onProblems(problems);
      notify("failed", "The draft was not run", problems ? "Its problems are listed below the canvas." : explain(error).why);
    },
  });
  return {
    sampled,
    /** The run to show on the canvas. */
    shown: run.shown && data ? { run: data.run, version: data.version, view: shown.view, stepOf: shown.stepOf } : null,
    starting: start.isPending || (run.shown && !data),
    /** `until`: only that node and what leads to it. */
    start: (until?: string) => (hasForm ? setAsked({ until }) : start.mutate({ until, body: undefined })),
    /** Null: no run waits for its form. */
    form: asked && {
      fillIn(body: Json) {
        setAsked(null);
        start.mutate({ ...asked, body });
      },
      cancel: () => setAsked(null),
    },
    clear: () => setRun((before) => ({ ...before, shown: false })),
  };
}
