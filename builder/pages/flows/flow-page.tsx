import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { getFlow } from "../../../shared/api/flows.ts";
import type { Response } from "../../../shared/api/route.ts";
import { flowQuery } from "../../api/queries.ts";
import { FlowCanvas } from "../../canvas/flow-canvas.tsx";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { shortId } from "../../ui/short-id.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { FlowSide } from "./flow-side.tsx";
import { FlowState } from "./flow-state.tsx";

const RunNow = lazy(() => import("./run-now.tsx"));
const route = getRouteApi("/shell/flows/$flow");

export function FlowPage() {
  const { flow: id } = route.useParams();
  const { data, error, refetch } = useQuery(flowQuery(id));
  return (
    <Page
      crumbs={[{ label: "Flows", link: { to: "/flows" } }, { label: data?.flow.name ?? (error ? shortId(id) : "…") }]}
      width="fill"
    >
      {data ? (
        <FlowBody key={id} loaded={data} />
      ) : error ? (
        <div className="overflow-y-auto">
          <ApiProblem error={error} what="The flow could not be loaded" onRetry={() => void refetch()} />
        </div>
      ) : (
        <div role="status" aria-label="Loading the flow" className="flex flex-col gap-3 p-6">
          <Skeleton className="h-6 w-64" />
          <Skeleton className="h-4 w-96" />
        </div>
      )}
    </Page>
  );
}

function FlowBody({ loaded }: { loaded: Response<typeof getFlow> }) {
  const { flow, version } = loaded;
  const { node: asked } = route.useSearch();
  const navigate = route.useNavigate();
  const [starting, setStarting] = useState(false);
  const node = version?.document.nodes.find((each) => each.id === asked);
  return (
    <>
      <div className="shrink-0 border-line border-b px-6 py-4">
        <PageHeader
          title={
            <>
              <span className="truncate">{flow.name}</span>
              <FlowState state={flow.state} />
            </>
          }
          action={
            version && (
              <Button look="primary" onClick={() => setStarting(true)}>
                <Play aria-hidden="true" />
                Run now
              </Button>
            )
          }
        >
          <p className="line-clamp-2 max-w-reading">{flow.description}</p>
        </PageHeader>
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1">
          {version ? (
            <FlowCanvas
              version={version}
              view={null}
              selected={node?.id ?? null}
              onSelect={(next) => void navigate({ search: { node: next ?? undefined }, replace: true })}
            />
          ) : (
            <Empty title="Not published yet" picture={<LooseCable />}>
              Only a published version runs. This flow has a draft that nobody has published.
            </Empty>
          )}
        </div>
        <aside className="w-side-panel-narrow shrink-0 overflow-y-auto border-line border-l xl:w-side-panel">
          <FlowSide loaded={loaded} node={node} onCloseNode={() => void navigate({ search: {}, replace: true })} />
        </aside>
      </div>
      {starting && (
        <Suspense>
          <RunNow flow={flow} onClose={() => setStarting(false)} />
        </Suspense>
      )}
    </>
  );
}
