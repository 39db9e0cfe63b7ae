import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import type { Flow } from "../../../shared/flow/flow.ts";
import type { ReplayedRun } from "../../../shared/flow/replay.ts";
import { counted } from "../../ui/counted.ts";
import { State } from "../../ui/lamp.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { shortId } from "../../ui/short-id.ts";
import { outcomeOf } from "./replay-words.ts";
import { StepDifferenceItem } from "./step-difference-item.tsx";

/** A run that was gone over again: how it went then and would go now, and opened, step by step what is otherwise. */
export function ReplayedRunRow({
  run,
  document,
  openAtFirst,
  onChoose,
}: {
  run: ReplayedRun;
  document: Flow;
  openAtFirst: boolean;
  onChoose: (node: string) => void;
}) {
  const id = useId();
  const [open, setOpen] = useState(openAtFirst);
  const outcome = outcomeOf(run);
  const hasMore = run.differences.length > 0 || run.why !== null;
  return (
    <li data-testid="replayed-run" data-outcome={outcome} className="border-line not-last:border-b">
      <div className="grid min-h-9 grid-cols-[1.75rem_6rem_5rem_minmax(0,1fr)_auto] items-center gap-2 pr-3 pl-1 text-sm">
        {hasMore ? (
          <button
            type="button"
            aria-expanded={open}
            aria-controls={open ? id : undefined}
            aria-label={`What is otherwise in run ${shortId(run.run)}`}
            onClick={() => setOpen(!open)}
            className="flex size-7 items-center justify-center rounded-control text-muted hover:bg-hover"
          >
            <ChevronRight aria-hidden="true" className={clsx("size-4 transition-transform", open && "rotate-90")} />
          </button>
        ) : (
          <span />
        )}
        <span className="text-muted">
          <RelativeTime at={run.createdAt} />
        </span>
        <Link
          to="/runs/$run"
          params={{ run: run.run }}
          target="_blank"
          className="rounded-small font-mono text-accent-text text-xs hover:underline"
        >
          {shortId(run.run)}
          <span className="sr-only">, opens in a new tab</span>
        </Link>
        <span className="flex min-w-0 items-center gap-2">
          <State state={run.before} />
          {run.after !== null && run.after !== run.before && (
            <>
              <span className="text-muted">→</span>
              <State state={run.after} />
            </>
          )}
        </span>
        <span className={clsx("text-xs", outcome === "otherwise" ? "text-waiting-text" : "text-muted")}>
          {outcome === "same"
            ? "As before"
            : run.different > 0
              ? `${counted(run.different, "step")} otherwise`
              : outcome === "unknown"
                ? "Could not be replayed"
                : "Ends otherwise"}
        </span>
      </div>
      {open && hasMore && (
        <div id={id} className="flex animate-appear flex-col gap-3 pt-1 pr-3 pb-4 pl-10 text-sm">
          {run.why !== null && <p className="text-muted first-letter:uppercase">{run.why}.</p>}
          <ul className="flex flex-col gap-3">
            {run.differences.map((difference) => (
              <StepDifferenceItem key={difference.step} difference={difference} document={document} onChoose={onChoose} />
            ))}
          </ul>
          {run.different > run.differences.length && (
            <p className="text-muted text-xs">
              And {counted(run.different - run.differences.length, "more step", "more steps")}.
            </p>
          )}
        </div>
      )}
    </li>
  );
}
