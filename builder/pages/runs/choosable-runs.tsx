import { Link } from "@tanstack/react-router";
import type { RunSummary } from "../../../shared/api/runs.ts";
import { shortId } from "../../ui/short-id.ts";
import { type Column, rowLink, Table } from "../../ui/table.tsx";
import { ChooseBox } from "./choose-box.tsx";
import type { ChosenRuns } from "./chosen-runs.ts";
import { runColumns } from "./runs-table.tsx";

/** Runs, newest first, each with a box to choose it. Space chooses the run that has the keyboard, as its box does. */
export function ChoosableRuns({ runs, chosen }: { runs: readonly RunSummary[]; chosen: ChosenRuns }) {
  const name: Column<RunSummary> = {
    key: "run",
    header: <HeadOf chosen={chosen} shown={runs} />,
    width: "w-68",
    cell: (run) => <Name run={run} chosen={chosen} />,
  };
  return <Table label="Runs" columns={[name, ...runColumns.slice(1)]} rows={runs} rowKey={(run) => run.id} rowTestId="run-row" />;
}

function HeadOf({ chosen, shown }: { chosen: ChosenRuns; shown: readonly RunSummary[] }) {
  const all = chosen.runs.length === shown.length;
  return (
    <span className="flex items-center gap-1">
      <ChooseBox
        label={all ? "Choose none" : "Choose all that are shown"}
        checked={all}
        partly={!all && chosen.runs.length > 0}
        onChange={chosen.toggleAll}
      />
      Run
    </span>
  );
}

function Name({ run, chosen }: { run: RunSummary; chosen: ChosenRuns }) {
  return (
    <span className="flex items-center gap-1">
      <ChooseBox
        label={`Choose ${run.flow.name} ${shortId(run.id)}`}
        checked={chosen.has(run.id)}
        onChange={() => chosen.toggle(run.id)}
      />
      <Link
        to="/runs/$run"
        params={{ run: run.id }}
        onKeyDown={(event) => {
          if (event.key !== " ") return;
          event.preventDefault();
          chosen.toggle(run.id);
        }}
        className={`${rowLink} flex min-w-0 flex-1 items-baseline gap-2`}
      >
        <span className="truncate">{run.flow.name}</span>
        <span className="shrink-0 font-mono font-normal text-muted text-xs">{shortId(run.id)}</span>
      </Link>
    </span>
  );
}
