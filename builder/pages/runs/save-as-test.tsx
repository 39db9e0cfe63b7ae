import { FlaskConical } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { RunSummary } from "../../../shared/api/runs.ts";
import { Button } from "../../ui/button.tsx";

const SaveTestDialog = lazy(() => import("../flow-tests/save-test-dialog.tsx"));

/** Makes a test of a run that has ended: what it was answered, and what it came to. */
export function SaveAsTest({ run }: { run: RunSummary }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <FlaskConical aria-hidden="true" />
        Save as test
      </Button>
      {asking && (
        <Suspense>
          <SaveTestDialog run={run} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </>
  );
}
