import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, Trash2 } from "lucide-react";
import { useState } from "react";
import type { FlowTestSummary } from "../../../shared/api/flow-tests.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { deleteFlowTest, flowTestsQuery, getFlowTest } from "../../api/flow-test-routes.ts";
import { Confirm } from "../../ui/dialog.tsx";
import { Menu } from "../../ui/menu.tsx";
import { notify } from "../../ui/toast.ts";
import { saveTestFile } from "./save-test-file.ts";

/** What else can be done with a kept test: have it as a file, and take it away. */
export function TestMenu({
  flow,
  test,
  onDeleted,
}: {
  flow: string;
  test: FlowTestSummary;
  /** The row is about to go, and the keyboard with it. Null where nothing may be deleted. */
  onDeleted: (() => void) | null;
}) {
  const client = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const params = { flow, test: test.id };
  const fetched = useMutation({
    mutationFn: () => call(getFlowTest, { params }),
    onSuccess: (file) => saveTestFile(test.name, file),
    onError: (error) => notify("failed", "The test was not downloaded", explain(error).why),
  });
  const remove = useMutation({
    mutationFn: () => call(deleteFlowTest, { params }),
    async onSuccess() {
      onDeleted?.();
      await client.invalidateQueries({ queryKey: flowTestsQuery(flow).queryKey });
      notify("done", `“${test.name}” was deleted`);
    },
    onError(error) {
      setRemoving(false);
      notify("failed", "The test was not deleted", explain(error).why);
    },
  });
  const download = { label: "Download", icon: <Download aria-hidden="true" />, onSelect: () => fetched.mutate() };
  const drop = { label: "Delete…", icon: <Trash2 aria-hidden="true" />, danger: true, onSelect: () => setRemoving(true) };
  return (
    <>
      <Menu label={`More for ${test.name}`} items={onDeleted ? [download, drop] : [download]} />
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate()}
        busy={remove.isPending}
        title={`Delete “${test.name}”?`}
        consequence="The test is gone for everybody. Download it first to keep it as a file. The run that it was made of stays."
        verb="Delete test"
        keep="Keep it"
      />
    </>
  );
}
