import { History } from "lucide-react";
import { useState } from "react";
import type { Flow } from "../../../shared/flow/flow.ts";
import type { ReplayedRun } from "../../../shared/flow/replay.ts";
import { explain } from "../../api/explain.ts";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { Select } from "../../ui/select.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { mostTellingFirst, outcomeOf, summaryOf } from "./replay-words.ts";
import { ReplayedRunRow } from "./replayed-run-row.tsx";
import type { Replay } from "./use-replay.ts";

const counts = ["10", "25", "50"] as const;
type Count = (typeof counts)[number];

/** Tries a draft on the last events of the published flow before it is published, and reports what would go otherwise. */
export default function TryOnEvents({
  replay,
  document,
  onChoose,
}: {
  replay: Replay;
  document: Flow;
  onChoose: (node: string) => void;
}) {
  const [last, setLast] = useState<Count>("10");
  return (
    <section aria-label="The draft on the last events" className="flex flex-col gap-3 border-line border-t pt-4">
      <div className="flex flex-wrap items-center gap-2">
        <Button size="small" busy={replay.isPending} onClick={() => replay.mutate(Number(last))}>
          <History aria-hidden="true" />
          Try it on the last {last} events
        </Button>
        <Select
          label="How many events"
          value={last}
          options={counts.map((value) => ({ value, label: value }))}
          onChange={setLast}
        />
        <p className="text-muted text-xs">With their recorded answers: nothing is sent anywhere.</p>
      </div>
      {replay.isPending ? (
        <div role="status" aria-label="Going over the last events" className="flex flex-col gap-2">
          <Skeleton className="h-4 w-64" />
          <Skeleton className="h-24" />
        </div>
      ) : replay.error ? (
        <ProblemLine text={`The draft was not tried. ${explain(replay.error).why} ${explain(replay.error).todo}`} />
      ) : (
        replay.data && <Report key={replay.submittedAt} runs={replay.data.runs} document={document} onChoose={onChoose} />
      )}
    </section>
  );
}

function Report({
  runs,
  document,
  onChoose,
}: {
  runs: readonly ReplayedRun[];
  document: Flow;
  onChoose: (node: string) => void;
}) {
  if (runs.length === 0) return <p className="text-muted text-sm">There are no ended runs of the published version yet.</p>;
  const sorted = mostTellingFirst(runs);
  return (
    <div className="flex flex-col gap-2">
      <p role="status" className="font-medium text-sm">
        {summaryOf(runs)}
      </p>
      <ul aria-label="Replayed runs" className="rounded-card border border-line">
        {sorted.map((run, index) => (
          <ReplayedRunRow
            key={run.run}
            run={run}
            document={document}
            openAtFirst={index === 0 && outcomeOf(run) !== "same"}
            onChoose={onChoose}
          />
        ))}
      </ul>
    </div>
  );
}
