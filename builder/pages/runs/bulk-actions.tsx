import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import type { RunFilter } from "../../../shared/api/rerun.ts";
import type { RunSummary } from "../../../shared/api/runs.ts";
import type { RunStatus } from "../../../shared/run/run.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { bulkRuns } from "../../api/rerun-routes.ts";
import { Button } from "../../ui/button.tsx";
import { counted } from "../../ui/counted.ts";
import { Confirm } from "../../ui/dialog.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { notify } from "../../ui/toast.ts";
import { BulkRepeatsLines } from "./bulk-repeats-lines.tsx";
import { type ChosenRuns, mostChosen } from "./chosen-runs.ts";

/** What is done to which runs; a rerun begins with what failed, or, where nothing did, with the trigger. */
type Deed = { action: "rerun" | "cancel"; filter: RunFilter; from: "failed" | "trigger" };

/** Cancels, or runs again, all runs of the list's filter at once, or those that are chosen; says for how many before it does. */
export function BulkActions({
  status,
  flow,
  chosen,
}: {
  status?: RunStatus | undefined;
  flow?: string | undefined;
  chosen: ChosenRuns;
}) {
  const [deed, setDeed] = useState<Deed | null>(null);
  const filter = { ...(status && { status }), ...(flow && { flow }) };
  const isPicked = chosen.runs.length > 0;
  return (
    <div className="ml-auto flex items-center gap-2">
      {isPicked ? (
        <ForChosen chosen={chosen} onAsk={setDeed} />
      ) : (
        <>
          {!hasEnded(status) && (
            <Button onClick={() => setDeed({ action: "cancel", filter, from: "failed" })}>Cancel these…</Button>
          )}
          {(status === "failed" || status === "canceled") && (
            <Button onClick={() => setDeed({ action: "rerun", filter, from: "failed" })}>Run these again…</Button>
          )}
        </>
      )}
      {deed && <Question deed={deed} onDone={chosen.clear} onClose={() => setDeed(null)} />}
    </div>
  );
}

/** What can be done to chosen runs, given how they stand. */
function ForChosen({ chosen, onAsk }: { chosen: ChosenRuns; onAsk: (deed: Deed) => void }) {
  const { runs, clear } = chosen;
  const ended = runs.filter(({ status }) => hasEnded(status));
  const tooMany = runs.length > mostChosen;
  const ask = (action: Deed["action"], of: readonly RunSummary[]) =>
    onAsk({ action, filter: { runs: of.map(({ id }) => id) }, from: beginningOf(of) });
  return (
    <>
      <p role="status" className="text-muted text-sm tabular-nums">
        {runs.length.toLocaleString("en")} chosen{tooMany && `, at most ${mostChosen} at a time`}
      </p>
      <IconButton label="Choose none" onClick={clear}>
        <X aria-hidden="true" />
      </IconButton>
      {ended.length < runs.length && (
        <Button disabled={tooMany} onClick={() => ask("cancel", without(runs, ended))}>
          Cancel…
        </Button>
      )}
      {ended.length > 0 && (
        <Button disabled={tooMany} onClick={() => ask("rerun", ended)}>
          Run again…
        </Button>
      )}
    </>
  );
}

function Question({ deed, onDone, onClose }: { deed: Deed; onDone: () => void; onClose: () => void }) {
  const client = useQueryClient();
  const { action, from } = deed;
  const count = useQuery({
    queryKey: ["bulk-count", deed],
    queryFn: ({ signal }) => call(bulkRuns, { body: { ...deed, dryRun: true } }, signal),
    gcTime: 0,
  });
  const doIt = useMutation({
    mutationFn: () => call(bulkRuns, { body: deed }),
    onSuccess: ({ taken, refused, reasons }) => {
      onClose();
      onDone();
      void client.invalidateQueries({ queryKey: ["runs"] });
      const done = action === "cancel" ? "canceled" : "started again";
      const why = reasons.map((each) => `${each.count}: ${each.reason}`).join("; ");
      notify(refused === 0 ? "done" : "failed", `${counted(taken, "run")} ${done}`, refused === 0 ? "" : `Not done for ${why}`);
    },
    onError: (error) => {
      onClose();
      notify("failed", "Nothing was done", explain(error).why);
    },
  });
  const found = count.data ? counted(Math.min(count.data.found, 10_000), "run") : "…";
  const one = count.data?.found === 1;
  const none = count.data?.found === 0;
  const consequence =
    action === "cancel"
      ? `${found} that ${one ? "has not ended stops before its" : "have not ended stop before their"} next step. Calls that were already sent are not taken back.`
      : `${found} ${one ? "begins" : "begin"} again ${from === "failed" ? "from what failed; calls that failed are sent again" : "from the trigger; all calls are sent again"}. At most 10,000 at a time.${againWords(deed, count.data?.again ?? 0)}`;
  return (
    <Confirm
      open
      onClose={onClose}
      onConfirm={() => (count.data?.found === 0 ? onClose() : doIt.mutate())}
      busy={doIt.isPending || count.isPending}
      title={action === "cancel" ? `Cancel ${found}?` : `Run ${found} again?`}
      consequence={
        <>
          {count.error ? explain(count.error).why : none ? nothingTo(deed, count.data?.again ?? 0) : consequence}
          {count.data?.repeats && !none && <BulkRepeatsLines found={count.data.found} repeats={count.data.repeats} />}
        </>
      }
      verb={action === "cancel" ? "Cancel runs" : "Run again"}
      keep={action === "cancel" ? (one ? "Keep it running" : "Keep them running") : one ? "Leave it" : "Leave them"}
    />
  );
}

function nothingTo({ action }: Deed, again: number): string {
  if (action === "cancel") return "All of them have ended.";
  return again === 0
    ? "None of them failed or was canceled."
    : "All of them were run again already. Choose runs one by one to run them once more.";
}

/** A second click is not to pay a second time. */
function againWords({ action, filter }: Deed, again: number): string {
  if (action === "cancel" || again === 0) return "";
  const was = again === 1 ? "was" : "were";
  return filter.runs
    ? ` ${filter.runs.length === 1 ? "It" : `${again.toLocaleString("en")} of them`} ${was} run again already.`
    : ` ${again.toLocaleString("en")} more that ${was} run again already ${again === 1 ? "is" : "are"} left alone.`;
}

function hasEnded(status: RunStatus | undefined): boolean {
  return status === "succeeded" || status === "failed" || status === "canceled";
}

function without(runs: readonly RunSummary[], left: readonly RunSummary[]): RunSummary[] {
  return runs.filter((run) => !left.includes(run));
}

/** A run that succeeded has nothing failed to begin with. */
function beginningOf(runs: readonly RunSummary[]): Deed["from"] {
  return runs.some(({ status }) => status === "succeeded") ? "trigger" : "failed";
}
