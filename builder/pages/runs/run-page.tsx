import { getRouteApi } from "@tanstack/react-router";
import type { Response } from "../../../shared/api/route.ts";
import type { getRun } from "../../../shared/api/runs.ts";
import { nodeOfStep, type RunView } from "../../../shared/run/run-view.ts";
import { FlowCanvas } from "../../canvas/flow-canvas.tsx";
import { defaultStep } from "../../panels/default-step.ts";
import { StepPanel } from "../../panels/step-panel.tsx";
import { Timeline } from "../../panels/timeline.tsx";
import { useAskedIteration } from "../../panels/use-asked-iteration.ts";
import { useShownRun } from "../../panels/use-shown-run.ts";
import { shortId } from "../../ui/short-id.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { Page } from "../shell/page.tsx";
import { RunHeader } from "./run-header.tsx";
import { useRun } from "./use-run.ts";

const route = getRouteApi("/shell/runs/$run");

export function RunPage() {
  const { run: id } = route.useParams();
  const { data, view, error, refetch } = useRun(id);
  const crumbs = [
    { label: "Runs", link: { to: "/runs" } as const },
    { label: data ? `${data.run.flow.name} ${shortId(id)}` : shortId(id) },
  ];
  return (
    <Page crumbs={crumbs} width="fill">
      {data ? (
        <RunBody key={id} loaded={data} view={view} />
      ) : error ? (
        <div className="overflow-y-auto">
          <ApiProblem error={error} what="The run could not be loaded" onRetry={() => void refetch()} />
        </div>
      ) : (
        <RunSkeleton />
      )}
    </Page>
  );
}

/** A run is read in this order: did it work, where did it stop, why, with what data, what now. */
function RunBody({ loaded, view: whole }: { loaded: Response<typeof getRun>; view: RunView }) {
  const { run, version } = loaded;
  const { view, paths, stepOf } = useShownRun(run.id, version.document, whole);
  const { step: asked } = route.useSearch();
  // Comes second: a run begins without a choice.
  useAskedIteration(version.document, asked);
  const navigate = route.useNavigate();
  const nodes = version.document.nodes;
  const named = nodeOfStep(asked ?? "");
  const node = nodes.find((each) => each.id === named) ?? nodes.find((each) => each.id === defaultStep(view)) ?? nodes[0];
  const shown = node && stepOf(node.id);
  // One step is always chosen, so taking the choice back chooses nothing else.
  const select = (step: string | null) => step && void navigate({ search: { step }, replace: true });
  return (
    <>
      <RunHeader run={run} version={version} view={whole} onSelect={select} />
      <div className="flex min-h-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col">
          <div className="min-h-0 flex-1">
            <FlowCanvas version={version} view={view} selected={node?.id ?? null} onSelect={select} />
          </div>
          <div className="h-timeline shrink-0 border-line border-t">
            <Timeline flow={version.document} view={view} paths={paths} selected={node?.id ?? null} onSelect={select} />
          </div>
        </div>
        <aside className="w-side-panel-narrow shrink-0 border-line border-l xl:w-side-panel">
          {node && shown && (
            <StepPanel key={shown.key} run={run.id} node={node} step={shown.step} given={shown.output} version={version} />
          )}
        </aside>
      </div>
    </>
  );
}

function RunSkeleton() {
  return (
    <div role="status" aria-label="Loading the run" className="flex flex-1 flex-col">
      <div className="flex flex-col gap-3 border-line border-b px-6 py-4">
        <Skeleton className="h-6 w-80" />
        <Skeleton className="h-4 w-96" />
        <Skeleton className="h-4 w-64" />
      </div>
      <div className="flex flex-1">
        <div className="flex-1 bg-canvas" />
        <div className="flex w-side-panel-narrow flex-col gap-3 border-line border-l p-4 xl:w-side-panel">
          <Skeleton className="h-9 w-56" />
          <Skeleton className="h-5 w-40" />
          <Skeleton className="h-64" />
        </div>
      </div>
    </div>
  );
}
