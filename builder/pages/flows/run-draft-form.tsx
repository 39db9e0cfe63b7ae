import type { Flow } from "../../../shared/flow/flow.ts";
import type { Json } from "../../../shared/json.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { formOf, sampleIn } from "./run-body.ts";
import { RunForm } from "./run-form.tsx";

const formId = "run-draft";

/** The form of a draft's trigger before a test run, filled in with the trigger's sample. */
export function RunDraftForm({ flow, onRun, onClose }: { flow: Flow; onRun: (body: Json) => void; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title="Run the draft"
      description="Starts the draft as it is now with what you fill in. Its calls are really sent."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary">
            Run
          </Button>
        </>
      }
    >
      <RunForm id={formId} fields={formOf(flow)} given={valuesIn(sampleIn(flow))} onRun={onRun} />
    </Dialog>
  );
}

function valuesIn(sample: Json | undefined): Record<string, Json> {
  return typeof sample === "object" && sample !== null && !Array.isArray(sample) ? sample : {};
}
