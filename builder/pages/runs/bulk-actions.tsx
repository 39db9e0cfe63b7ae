import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { RunStatus } from "../../../shared/run/run.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { bulkRuns } from "../../api/rerun-routes.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { notify } from "../../ui/toast.ts";

type Action = "rerun" | "cancel";
type Filter = { status?: RunStatus | undefined; flow?: string | undefined };

/** Cancels, or runs again, all runs of the list's filter at once; says for how many before it does. */
export function BulkActions({ status, flow }: Filter) {
  const [action, setAction] = useState<Action | null>(null);
  const filter = { ...(status && { status }), ...(flow && { flow }) };
  const ended = status === "succeeded" || status === "failed" || status === "canceled";
  return (
    <div className="ml-auto flex items-center gap-2">
      {!ended && <Button onClick={() => setAction("cancel")}>Cancel these…</Button>}
      {(status === "failed" || status === "canceled") && <Button onClick={() => setAction("rerun")}>Run these again…</Button>}
      {action && <Question action={action} filter={filter} onClose={() => setAction(null)} />}
    </div>
  );
}

function Question({
  action,
  filter,
  onClose,
}: {
  action: Action;
  filter: { status?: RunStatus; flow?: string };
  onClose: () => void;
}) {
  const client = useQueryClient();
  const body = { action, filter, from: "failed" as const };
  const count = useQuery({
    queryKey: ["bulk-count", body],
    queryFn: ({ signal }) => call(bulkRuns, { body: { ...body, dryRun: true } }, signal),
    gcTime: 0,
  });
  const doIt = useMutation({
    mutationFn: () => call(bulkRuns, { body }),
    onSuccess: ({ taken, refused, reasons }) => {
      onClose();
      void client.invalidateQueries({ queryKey: ["runs"] });
      const done = action === "cancel" ? "canceled" : "started again";
      const why = reasons.map((each) => `${each.count}: ${each.reason}`).join("; ");
      notify(refused === 0 ? "done" : "failed", `${runs(taken)} ${done}`, refused === 0 ? "" : `Not done for ${why}`);
    },
    onError: (error) => {
      onClose();
      notify("failed", "Nothing was done", explain(error).why);
    },
  });
  const found = count.data ? runs(Math.min(count.data.found, 10_000)) : "…";
  const consequence =
    action === "cancel"
      ? `${found} that have not ended stop before their next step. Calls that were already sent are not taken back.`
      : `${found} begin again from what failed; calls that failed are sent again. At most 10,000 at a time.`;
  return (
    <Confirm
      open
      onClose={onClose}
      onConfirm={() => (count.data?.found === 0 ? onClose() : doIt.mutate())}
      busy={doIt.isPending || count.isPending}
      title={action === "cancel" ? `Cancel ${found}?` : `Run ${found} again?`}
      consequence={count.error ? explain(count.error).why : consequence}
      verb={action === "cancel" ? "Cancel runs" : "Run again"}
      keep={action === "cancel" ? "Keep them running" : "Leave them"}
    />
  );
}

function runs(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "run" : "runs"}`;
}
