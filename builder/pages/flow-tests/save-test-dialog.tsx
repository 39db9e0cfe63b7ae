import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import type { RunSummary } from "../../../shared/api/runs.ts";
import { ApiError } from "../../api/api-error.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { flowTestsQuery, getRunTest, keepFlowTest } from "../../api/flow-test-routes.ts";
import { sessionQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { shortId } from "../../ui/short-id.ts";
import { notify } from "../../ui/toast.ts";
import { saveTestFile } from "./save-test-file.ts";

const formId = "save-test";
const longestName = 200;

/** Keeps a run as a test of its flow, under a name, or gives it as a file; those who may not change the flow get the file. */
export default function SaveTestDialog({ run, onClose }: { run: RunSummary; onClose: () => void }) {
  const { data: session } = useQuery(sessionQuery);
  const mayKeep = session?.person.role === "administrator";
  const suggested = `${run.flow.name} ${shortId(run.id)}`;
  const [name, setName] = useState(suggested);
  const keep = useKeep(run, name.trim(), onClose);
  const download = useMutation({
    mutationFn: () => call(getRunTest, { params: { run: run.id } }),
    onSuccess(test) {
      saveTestFile(run.flow.name, test);
      onClose();
    },
  });
  const isTaken = keep.error instanceof ApiError && keep.error.code === "conflict";
  const missing = name.trim() === "" ? "Enter a name." : undefined;
  const problem = missing ?? (isTaken && keep.error ? explain(keep.error).why : undefined);
  const failed = (isTaken ? null : keep.error) ?? download.error;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Save as test"
      description={`What starts “${run.flow.name}”, what it is answered and what must come of it are as in this run. The test holds the data of the run.`}
      footer={
        <>
          <Button busy={download.isPending} onClick={() => download.mutate()} className="mr-auto">
            <Download aria-hidden="true" />
            Download file
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          {mayKeep && (
            <Button type="submit" form={formId} look="primary" busy={keep.isPending} disabled={missing !== undefined}>
              Keep with the flow
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {mayKeep && (
          <form
            id={formId}
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              if (!missing && !keep.isPending) keep.mutate();
            }}
          >
            <Field label="Name" required error={problem} help="In the list of the flow's tests, which run on its draft.">
              {(control) => (
                <Input
                  {...control}
                  value={name}
                  maxLength={longestName}
                  autoComplete="off"
                  onFocus={({ currentTarget }) => name === suggested && currentTarget.select()}
                  onChange={(event) => {
                    setName(event.target.value);
                    keep.reset();
                  }}
                />
              )}
            </Field>
          </form>
        )}
        {failed && <ProblemLine text={`No test was made. ${explain(failed).why}`} />}
      </div>
    </Dialog>
  );
}

function useKeep(run: RunSummary, name: string, onKept: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(keepFlowTest, { params: { flow: run.flow.id }, body: { run: run.id, name } }),
    onSuccess() {
      onKept();
      notify("done", `“${name}” is kept with “${run.flow.name}”`, "Run it on the draft under Tests, in the flow's editor.");
      return client.invalidateQueries({ queryKey: flowTestsQuery(run.flow.id).queryKey });
    },
  });
}
