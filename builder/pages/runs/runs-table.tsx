import { Link } from "@tanstack/react-router";
import type { RunSummary } from "../../../shared/api/runs.ts";
import { waitWords } from "../../panels/wait-words.ts";
import { Duration } from "../../ui/duration.tsx";
import { State } from "../../ui/lamp.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { shortId } from "../../ui/short-id.ts";
import { type Column, rowLink, Table } from "../../ui/table.tsx";

/** The first of them is the run itself. */
export const runColumns: readonly Column<RunSummary>[] = [
  {
    key: "run",
    header: "Run",
    width: "w-60",
    cell: (run) => (
      <Link to="/runs/$run" params={{ run: run.id }} className={`${rowLink} flex items-baseline gap-2`}>
        <span className="truncate">{run.flow.name}</span>
        <span className="shrink-0 font-mono font-normal text-muted text-xs">{shortId(run.id)}</span>
      </Link>
    ),
  },
  { key: "state", header: "State", width: "w-32", cell: (run) => <State state={run.status} /> },
  { key: "why", header: "Why", cell: (run) => <Why run={run} /> },
  {
    key: "source",
    wideOnly: true,
    header: "Source",
    width: "w-24",
    cell: (run) => <span className="text-muted">{sourceWord[run.source]}</span>,
  },
  {
    key: "version",
    wideOnly: true,
    header: "Version",
    width: "w-20",
    align: "right",
    cell: (run) => <span className="text-muted">{run.version}</span>,
  },
  {
    key: "took",
    header: "Took",
    width: "w-28",
    align: "right",
    cell: (run) => <Duration from={run.startedAt} to={run.finishedAt} />,
  },
  {
    key: "created",
    header: "Received",
    width: "w-32",
    align: "right",
    cell: (run) => (
      <span className="text-muted">
        <RelativeTime at={run.createdAt} />
      </span>
    ),
  },
];

/** Why it failed, or what it waits for outside. */
function Why({ run: { error, waitsFor } }: { run: RunSummary }) {
  if (waitsFor) return <span className="block truncate text-waiting-text first-letter:uppercase">{waitWords[waitsFor]}</span>;
  if (!error) return null;
  return (
    <span data-tip={error.message} className="block truncate first-letter:uppercase">
      {error.message}
    </span>
  );
}

export const sourceWord = {
  webhook: "Webhook",
  manual: "Run now",
  schedule: "Schedule",
  poll: "Polling",
  api: "API call",
  "sub-flow": "Another flow",
  "error-flow": "A failed run",
} as const;

/** Runs, newest first, to look at. */
export function RunsTable({ runs }: { runs: readonly RunSummary[] }) {
  return <Table label="Runs" columns={runColumns} rows={runs} rowKey={(run) => run.id} rowTestId="run-row" />;
}
