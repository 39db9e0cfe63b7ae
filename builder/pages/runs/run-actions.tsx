import { useMutation, useQuery } from "@tanstack/react-query";
import { Ban, RotateCcw } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { RunSummary } from "../../../shared/api/runs.ts";
import type { Flow } from "../../../shared/flow/flow.ts";
import type { RunView } from "../../../shared/run/run-view.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { eventQuery } from "../../api/queries.ts";
import { cancelRun } from "../../api/routes.ts";
import { rerunSteps } from "../../panels/rerun-steps.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { notify } from "../../ui/toast.ts";
import { SaveAsTest } from "./save-as-test.tsx";

const RerunDialog = lazy(() => import("../../panels/rerun-dialog.tsx"));
const RunNow = lazy(() => import("../flows/run-now.tsx"));

/** What now: stop a run that goes on; run it again once it is over. */
export function RunActions({ run, view, flow }: { run: RunSummary; view: RunView; flow: Flow }) {
  return view.finishedAt === null ? <CancelRun run={run} view={view} /> : <RunAgain run={run} view={view} flow={flow} />;
}

function CancelRun({ run, view }: { run: RunSummary; view: RunView }) {
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => call(cancelRun, { params: { run: run.id } }),
    onSuccess: () => setAsking(false),
    onError: (error) => {
      setAsking(false);
      notify("failed", "The run was not canceled", explain(error).why);
    },
  });
  const canceling = view.cancelRequested || cancel.isSuccess;
  return (
    <>
      <Button disabled={canceling} onClick={() => setAsking(true)}>
        <Ban aria-hidden="true" />
        {canceling ? "Canceling…" : "Cancel run"}
      </Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => cancel.mutate()}
        busy={cancel.isPending}
        title="Cancel this run?"
        consequence={`“${run.flow.name}” stops before its next step. Calls that were already sent are not taken back.`}
        verb="Cancel run"
        keep="Keep it running"
      />
    </>
  );
}

function RunAgain({ run, view, flow }: { run: RunSummary; view: RunView; flow: Flow }) {
  const [asking, setAsking] = useState<"where" | "event" | null>(null);
  const { data } = useQuery({ ...eventQuery(run.event), enabled: asking === "event" });
  const close = () => setAsking(null);
  return (
    <>
      {run.rerunOf === null && <SaveAsTest run={run} />}
      <Button onClick={() => setAsking("where")}>
        <RotateCcw aria-hidden="true" />
        Run again
      </Button>
      {asking === "where" && (
        <Suspense>
          <RerunDialog
            run={run.id}
            failed={view.status !== "succeeded"}
            steps={rerunSteps(flow, view)}
            more={run.event !== "" && <Button onClick={() => setAsking("event")}>Change the event…</Button>}
            onClose={close}
          />
        </Suspense>
      )}
      {asking === "event" && data && (
        <Suspense>
          <RunNow flow={run.flow} body={pretty(data.event.body)} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // The event's body was no JSON: a run gets it as text, so that is what is offered.
    return JSON.stringify(text);
  }
}
