import { clsx } from "clsx";
import { ChevronRight, Play } from "lucide-react";
import { useId } from "react";
import type { FlowTestSummary } from "../../../shared/api/flow-tests.ts";
import type { Flow } from "../../../shared/flow/flow.ts";
import { counted } from "../../ui/counted.ts";
import { IconButton } from "../../ui/icon-button.tsx";
import { FailedVerdicts } from "./failed-verdicts.tsx";
import { LastResult } from "./last-result.tsx";
import { TestMenu } from "./test-menu.tsx";
import type { TestResults } from "./use-flow-tests.ts";

/** A kept test: how it went, and opened, what of it does not hold. */
export function TestRow({
  flow,
  test,
  document,
  found,
  revision,
  open,
  busy,
  onToggle,
  onRun,
  onChoose,
  onDeleted,
}: {
  flow: string;
  test: FlowTestSummary;
  document: Flow;
  /** What came of it when it was run from this page. */
  found: TestResults[string] | undefined;
  /** Of the draft as it is now; null while it is not saved. */
  revision: number | null;
  open: boolean;
  busy: boolean;
  onToggle: () => void;
  onRun: () => void;
  onChoose: (node: string) => void;
  onDeleted: () => void;
}) {
  const id = useId();
  return (
    <li data-testid="flow-test" className="border-line border-b">
      <div className="group flex h-9 items-center gap-3 pr-2 pl-2 text-sm hover:bg-hover">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          onClick={onToggle}
          className="flex h-full min-w-0 flex-1 items-center gap-1.5 rounded-small px-1 text-left -outline-offset-2"
        >
          <ChevronRight
            aria-hidden="true"
            className={clsx("size-4 shrink-0 text-muted transition-transform", open && "rotate-90")}
          />
          <span className="truncate font-medium">{test.name}</span>
        </button>
        <span className="w-56 shrink-0 text-xs">
          <LastResult last={test.last} revision={revision ?? -1} />
        </span>
        <span className="w-44 shrink-0 truncate text-right text-muted text-xs tabular-nums max-xl:hidden">
          {counted(test.expectations, "expectation")}, {counted(test.calls, "call")}
        </span>
        <span className="flex shrink-0">
          <IconButton label={`Run ${test.name}`} aria-disabled={busy || undefined} onClick={() => !busy && onRun()}>
            <Play aria-hidden="true" />
          </IconButton>
          <TestMenu flow={flow} test={test} onDeleted={onDeleted} />
        </span>
      </div>
      {open && (
        <section id={id} aria-label={`Result of ${test.name}`} className="animate-appear px-4 pt-1 pb-4 pl-8.5 text-sm">
          {found ? (
            <FailedVerdicts result={found.result} document={document} onChoose={onChoose} />
          ) : (
            <p className="text-muted">
              It expects {counted(test.expectations, "thing")} of a run
              {test.calls > 0 && `, with the answers of ${counted(test.calls, "recorded call")}`}. Run it to see what holds.
            </p>
          )}
        </section>
      )}
    </li>
  );
}
