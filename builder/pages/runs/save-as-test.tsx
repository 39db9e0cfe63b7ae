import { useMutation } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import type { RunSummary } from "../../../shared/api/runs.ts";
import { freeNodeId } from "../../../shared/flow/copy-nodes.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { getRunTest } from "../../api/flow-test-routes.ts";
import { Button } from "../../ui/button.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { notify } from "../../ui/toast.ts";

/** Makes a test file of a run that has ended: what it was answered, and what it came to. */
export function SaveAsTest({ run }: { run: RunSummary }) {
  const fetched = useMutation({
    mutationFn: () => call(getRunTest, { params: { run: run.id } }),
    onSuccess(test) {
      const name = `${freeNodeId(run.flow.name, new Set())}.flowtest.json`;
      saveFile(name, `${JSON.stringify(test, null, 2)}\n`);
      notify("done", `The test was saved as ${name}`, `Run it with: npx patchbay test ${name}. It holds the data of this run.`);
    },
    onError: (error) => notify("failed", "No test was made", explain(error).why),
  });
  return (
    <Button busy={fetched.isPending} onClick={() => fetched.mutate()}>
      <FlaskConical aria-hidden="true" />
      Save as test
    </Button>
  );
}
