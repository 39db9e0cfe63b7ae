import { clsx } from "clsx";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { Flow } from "../../shared/flow/flow.ts";
import type { RunView } from "../../shared/run/run-view.ts";
import type { ShownPaths } from "../canvas/shown-path.ts";
import { useNow } from "../ui/clock.ts";
import { formatClock, formatDuration } from "../ui/format-time.ts";
import { Lamp, stateWord } from "../ui/lamp.tsx";
import { type Stretch, type TimelineRow, ticks, timelineRows } from "./timeline-rows.ts";

const leastMs = 10;

/**
 * The steps of a run against time, in the order in which they began: also its outline for who cannot see the canvas. Arrow keys
 * go through the steps.
 */
export function Timeline({
  flow,
  view,
  paths = null,
  selected,
  onSelect,
}: {
  flow: Flow;
  view: RunView;
  /** Which iterations to list; null: all. */
  paths?: ShownPaths | null;
  selected: string | null;
  onSelect: (node: string) => void;
}) {
  const now = useNow(view.finishedAt === null && view.startedAt !== null ? "quick" : "stopped");
  const rows = timelineRows(flow, view, { now, paths });
  const length = Math.max(leastMs, (view.finishedAt ?? now) - (view.startedAt ?? now), ...rows.map((row) => row.whole?.to ?? 0));
  const list = useRef<HTMLOListElement>(null);

  useEffect(() => {
    const row = list.current?.querySelector(`[data-step="${selected}"]`);
    row?.scrollIntoView({ block: "nearest" });
  }, [selected]);

  function walk(event: KeyboardEvent): void {
    const at = rows.findIndex((row) => row.node === selected);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    const row = to === undefined ? undefined : rows[to];
    if (!row) return;
    event.preventDefault();
    onSelect(row.node);
    list.current?.querySelectorAll("button")[rows.indexOf(row)]?.focus();
  }

  return (
    <section aria-label="Timeline" className="flex h-full min-h-0 flex-col">
      <Axis length={length} />
      <ol ref={list} onKeyDown={walk} className="min-h-0 flex-1 overflow-y-auto py-1">
        {rows.map((row, index) => (
          <li key={row.key}>
            <Row
              row={row}
              length={length}
              selected={row.node === selected}
              reachable={row.node === selected || (index === 0 && !rows.some((each) => each.node === selected))}
              onSelect={() => onSelect(row.node)}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

const columns = "grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_--spacing(16)_--spacing(20)] items-center gap-x-4 px-4";

function Axis({ length }: { length: number }) {
  return (
    <div aria-hidden="true" className={clsx(columns, "h-8 shrink-0 border-line border-b text-muted text-xs tabular-nums")}>
      <span className="font-medium">Step</span>
      <span className="relative h-full">
        {ticks(length, 4).map((tick) => (
          <span
            key={tick}
            className="absolute top-2 -translate-x-1/2 whitespace-nowrap first:translate-x-0"
            style={{ left: `${(tick / length) * 100}%` }}
          >
            {tick === 0 ? "0" : tick / length < 0.93 ? formatDuration(tick) : ""}
          </span>
        ))}
      </span>
      <span className="text-right">Began</span>
      <span className="text-right">Took</span>
    </div>
  );
}

function Row({
  row,
  length,
  selected,
  reachable,
  onSelect,
}: {
  row: TimelineRow;
  length: number;
  selected: boolean;
  reachable: boolean;
  onSelect: () => void;
}) {
  const quiet = row.status === "idle" || row.status === "skipped" || row.status === "canceled";
  return (
    <button
      type="button"
      data-step={row.node}
      data-status={row.status}
      aria-current={selected ? "step" : undefined}
      tabIndex={reachable ? 0 : -1}
      onClick={onSelect}
      className={clsx(columns, "h-7 w-full text-left -outline-offset-2", selected ? "bg-accent-tint" : "hover:bg-hover")}
    >
      <span className="flex min-w-0 items-center gap-2">
        <Lamp state={row.status} />
        <span className={clsx("truncate", quiet && "text-muted")}>{row.name}</span>
        <span className="sr-only"> {stateWord(row.status)}</span>
      </span>{" "}
      <span className="relative h-3.5">
        {row.whole && <Bar stretch={row.whole} length={length} className={tint(row)} />}
        {row.attempts.map((attempt) => (
          <Bar key={attempt.from} stretch={attempt} length={length} className={attempt.failed ? "bg-failed" : solid(row)} />
        ))}
      </span>
      <span
        className="text-right text-muted text-xs tabular-nums"
        data-tip={row.startedAt !== null && row.whole ? formatClock(row.startedAt) : undefined}
      >
        {row.whole && offset(row.whole.from)}
      </span>{" "}
      <span className={clsx("text-right text-xs tabular-nums", !row.whole && "text-muted")}>
        {row.whole ? formatDuration(row.whole.to - row.whole.from) : stateWord(row.status)}
      </span>
    </button>
  );
}

/** How long after the run's start. */
function offset(ms: number): string {
  return ms === 0 ? "0" : `+${formatDuration(ms)}`;
}

function Bar({ stretch, length, className }: { stretch: Stretch; length: number; className: string }) {
  return (
    <span
      aria-hidden="true"
      className={clsx("absolute inset-y-0 min-w-1 rounded-small", className)}
      style={{ left: `${(stretch.from / length) * 100}%`, width: `${((stretch.to - stretch.from) / length) * 100}%` }}
    />
  );
}

/** The whole step is pale where its calls are drawn on it, solid where it had none. */
function tint(row: TimelineRow): string {
  if (row.attempts.length === 0) return solid(row);
  if (row.status === "failed") return "bg-failed-line";
  if (row.status === "waiting") return "bg-waiting-line";
  return row.status === "running" ? "bg-accent-line" : "bg-succeeded-line";
}

function solid(row: TimelineRow): string {
  switch (row.status) {
    case "succeeded":
      return "bg-succeeded";
    case "failed":
      return "bg-failed";
    case "waiting":
      return "bg-waiting";
    case "running":
      return "bg-accent";
    case "skipped":
    case "canceled":
    case "idle":
      return "bg-line-control";
  }
}
