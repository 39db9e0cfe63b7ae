import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Response } from "../../../shared/api/route.ts";
import type { listRuns, RunSummary } from "../../../shared/api/runs.ts";
import type { RunStatus } from "../../../shared/run/run.ts";
import { flowsQuery, runsQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { Select } from "../../ui/select.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { BulkActions } from "./bulk-actions.tsx";
import { ChoosableRuns } from "./choosable-runs.tsx";
import { type ChosenRuns, useChosenRuns } from "./chosen-runs.ts";
import { WaitingForYou } from "./waiting-for-you.tsx";

const route = getRouteApi("/shell/runs");
const statuses: readonly { value: RunStatus | "all"; label: string }[] = [
  { value: "all", label: "All" },
  { value: "queued", label: "Queued" },
  { value: "running", label: "Running" },
  { value: "waiting", label: "Waiting" },
  { value: "succeeded", label: "Succeeded" },
  { value: "failed", label: "Failed" },
  { value: "canceled", label: "Canceled" },
];

export function RunsPage() {
  const { status, flow } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: flows } = useQuery(flowsQuery);
  const runs = useInfiniteQuery(runsQuery({ status, flow }));
  const rows = useMemo(() => runs.data?.pages.flatMap((page) => page.runs) ?? [], [runs.data]);
  const chosen = useChosenRuns(rows);
  const flowOptions = [
    { value: "", label: "All flows" },
    ...(flows?.flows ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <Page crumbs={[{ label: "Runs" }]} width="table">
      <div className="flex flex-col gap-4 p-6 pb-4">
        <PageHeader title="Runs">Every execution of a flow, newest first, as it happens.</PageHeader>
        <div className="flex flex-wrap items-center gap-2">
          <Segmented
            label="State"
            value={status ?? "all"}
            segments={statuses}
            onChange={(value) => void navigate({ search: { status: value === "all" ? undefined : value, flow }, replace: true })}
          />
          <Select
            label="Flow"
            value={flow ?? ""}
            options={flowOptions}
            onChange={(value) => void navigate({ search: { status, flow: value || undefined }, replace: true })}
          />
          <BulkActions status={status} flow={flow} chosen={chosen} />
        </div>
      </div>
      <WaitingForYou />
      <RunsList
        runs={runs}
        rows={rows}
        chosen={chosen}
        narrowed={status !== undefined || flow !== undefined}
        onShowAll={() => void navigate({ search: {}, replace: true })}
      />
    </Page>
  );
}

function RunsList({
  runs,
  rows,
  chosen,
  narrowed,
  onShowAll,
}: {
  runs: UseInfiniteQueryResult<InfiniteData<Response<typeof listRuns>>>;
  rows: readonly RunSummary[];
  chosen: ChosenRuns;
  narrowed: boolean;
  onShowAll: () => void;
}) {
  if (runs.isPending) return <SkeletonRows rows={12} />;
  if (runs.error && !runs.data)
    return <ApiProblem error={runs.error} what="The runs could not be loaded" onRetry={() => void runs.refetch()} />;
  if (rows.length === 0)
    return narrowed ? (
      <Empty title="No run matches" action={<Button onClick={onShowAll}>Show all runs</Button>}>
        There are runs only in other states or of other flows.
      </Empty>
    ) : (
      <Empty title="No runs yet" picture={<LooseCable />}>
        A run appears here when an event starts a flow, or when somebody presses Run now on one.
      </Empty>
    );
  return (
    <>
      <ChoosableRuns runs={rows} chosen={chosen} />
      {runs.hasNextPage && (
        <div className="flex justify-center p-4">
          <Button busy={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
            Load older runs
          </Button>
        </div>
      )}
    </>
  );
}
