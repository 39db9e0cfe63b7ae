import { RotateCcw } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import { type StepView, stepKey } from "../../shared/run/run-view.ts";
import { useRunStore } from "../stores/run-store.ts";
import { Button } from "../ui/button.tsx";
import { stepName } from "./rerun-steps.ts";

const RerunDialog = lazy(() => import("./rerun-dialog.tsx"));

/** Runs again from this step on, once the run is over. */
export function RunFromHere({ run, node, step }: { run: string; node: FlowNode; step: StepView | undefined }) {
  const [asking, setAsking] = useState(false);
  const isOver = useRunStore((state) => state.run === run && state.view.finishedAt !== null);
  const succeeded = useRunStore((state) => state.view.status === "succeeded");
  if (!isOver || !step || isTrigger(node) || step.status === "skipped") return null;
  const key = stepKey(step.node, step.iteration);
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <RotateCcw aria-hidden="true" />
        Run again from here
      </Button>
      {asking && (
        <Suspense>
          <RerunDialog
            run={run}
            failed={!succeeded}
            steps={[{ key, name: stepName(node.name, step.iteration) }]}
            step={key}
            onClose={() => setAsking(false)}
          />
        </Suspense>
      )}
    </>
  );
}
