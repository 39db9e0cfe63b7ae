import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { RunSummary } from "../../../shared/api/runs.ts";
import type { RunView } from "../../../shared/run/run-view.ts";
import { Button } from "../../ui/button.tsx";
import { Duration } from "../../ui/duration.tsx";
import { State } from "../../ui/lamp.tsx";

/** Over the canvas while it shows a test run: how it goes, and the ways out. */
export function RunBar({ run, view, onBack }: { run: RunSummary; view: RunView; onBack: () => void }) {
  return (
    <div
      role="status"
      data-testid="test-run"
      data-status={view.status}
      className="flex h-11 shrink-0 items-center gap-4 border-line border-b bg-panel px-4 text-sm"
    >
      <Button size="small" onClick={onBack}>
        <ArrowLeft aria-hidden="true" />
        Back to editing
      </Button>
      <span className="font-medium">Test run</span>
      <State state={view.status} />
      {view.startedAt !== null && (
        <span className="text-muted">
          <Duration from={view.startedAt} to={view.finishedAt} />
        </span>
      )}
      {view.error && <span className="min-w-0 truncate text-failed-text">{view.error.message}</span>}
      <Link
        to="/runs/$run"
        params={{ run: run.id }}
        className="ml-auto shrink-0 rounded-small font-medium text-accent-text hover:underline"
      >
        Open the run
      </Link>
    </div>
  );
}
