import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { RerunVersion } from "../../shared/api/rerun.ts";
import { call } from "../api/client.ts";
import { explain } from "../api/explain.ts";
import { previewRerun, rerunRun } from "../api/rerun-routes.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { RerunPreviewList } from "./rerun-preview-list.tsx";
import type { RerunStep } from "./rerun-steps.ts";

type From = "failed" | "step" | "trigger";

/** Asks where a run that is over begins again and on which version, and shows which calls would be made a second time. */
export default function RerunDialog({
  run,
  failed,
  steps,
  step,
  more,
  onClose,
}: {
  run: string;
  /** Did it fail or was it stopped, so that it can go on from there? */
  failed: boolean;
  steps: readonly RerunStep[];
  /** Key of the step to begin with. */
  step?: string;
  /** Another way to go on. */
  more?: ReactNode;
  onClose: () => void;
}) {
  const [from, setFrom] = useState<From>(step !== undefined ? "step" : failed ? "failed" : "trigger");
  const [chosen, choose] = useState(step ?? steps[0]?.key ?? "");
  const [version, setVersion] = useState<RerunVersion>("same");
  const navigate = useNavigate();
  const asked = { from, version, ...(from === "step" && { step: chosen }) };
  const preview = useQuery({
    queryKey: ["rerun-preview", run, asked],
    queryFn: ({ signal }) => call(previewRerun, { params: { run }, query: asked }, signal),
    retry: false,
  });
  const start = useMutation({
    mutationFn: () => call(rerunRun, { params: { run }, body: { from: from === "step" ? { step: chosen } : from, version } }),
    onSuccess: (started) => {
      onClose();
      void navigate({ to: "/runs/$run", params: { run: started.run } });
    },
  });
  const problem = start.error ?? preview.error;
  const beginnings: { value: From; label: string }[] = [
    ...(failed ? [{ value: "failed" as const, label: "From what failed" }] : []),
    ...(steps.length > 0 ? [{ value: "step" as const, label: "From a step" }] : []),
    { value: "trigger", label: "From the trigger" },
  ];
  return (
    <Dialog
      open
      onClose={onClose}
      title="Run again"
      description="A new run takes over what still holds of this one, and executes the rest."
      footer={
        <>
          {more}
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" busy={start.isPending} disabled={!preview.data} onClick={() => start.mutate()}>
            Start the run
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 pt-1">
        <div className="flex flex-wrap items-center gap-2">
          <Segmented label="Begin" value={from} segments={beginnings} onChange={setFrom} />
          {from === "step" && (
            <Select
              label="Step"
              value={chosen}
              options={steps.map(({ key, name }) => ({ value: key, label: name }))}
              onChange={choose}
            />
          )}
        </div>
        <Segmented
          label="Version"
          value={version}
          segments={[
            { value: "same", label: "Version of this run" },
            { value: "latest", label: "Latest version" },
          ]}
          onChange={setVersion}
        />
        {problem ? (
          <p role="alert" className="text-failed-text text-sm first-letter:uppercase">
            {explain(problem).why}
          </p>
        ) : (
          <RerunPreviewList run={run} preview={preview.data} steps={steps} onLeave={onClose} />
        )}
      </div>
    </Dialog>
  );
}
