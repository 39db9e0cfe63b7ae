import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { flowsQuery, overviewQuery, runsQuery } from "../../api/queries.ts";
import { Skeleton, SkeletonRows } from "../../ui/skeleton.tsx";
import { RunsTable } from "../runs/runs-table.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { Counts } from "./counts.tsx";
import { RunsByHour } from "./runs-by-hour.tsx";

/** Seen once in the life of a server, so it is no part of what each visit loads. */
const FirstRun = lazy(() => import("./first-run.tsx"));
const recent = { limit: 10 };

/** What happened in the last day; on a new server, how to make something happen. */
export function HomePage() {
  const overview = useQuery(overviewQuery);
  const runs = useInfiniteQuery(runsQuery(recent));
  const { data: flows } = useQuery(flowsQuery);
  const rows = runs.data?.pages[0]?.runs;
  return (
    <Page crumbs={[{ label: "Home" }]} width="reading">
      {rows?.length === 0 ? (
        <Suspense>
          <FirstRun example={flows?.flows.find((flow) => flow.state === "published" && flow.trigger !== null)} />
        </Suspense>
      ) : (
        <>
          <PageHeader title="Home">The last 24 hours of this workspace.</PageHeader>
          {overview.error && !overview.data ? (
            <ApiProblem error={overview.error} what="The counts could not be loaded" onRetry={() => void overview.refetch()} />
          ) : (
            <section aria-label="Last 24 hours" className="overflow-hidden rounded-card border border-line">
              {overview.data ? <Counts overview={overview.data} /> : <Skeleton className="m-4 h-10" />}
              {overview.data ? <RunsByHour hours={overview.data.hours} /> : <Skeleton className="m-4 h-44" />}
            </section>
          )}
          <section aria-labelledby="recent-runs" className="flex flex-col gap-2">
            <div className="flex items-baseline justify-between">
              <h2 id="recent-runs" className="font-semibold text-base">
                Recent runs
              </h2>
              <Link to="/runs" className="rounded-small font-medium text-accent-text text-sm hover:underline">
                All runs
              </Link>
            </div>
            <div className="overflow-hidden rounded-card border border-line [&_tbody_tr:last-child_td]:border-b-0">
              {rows ? (
                <RunsTable runs={rows} />
              ) : runs.error ? (
                <ApiProblem error={runs.error} what="The runs could not be loaded" onRetry={() => void runs.refetch()} />
              ) : (
                <SkeletonRows rows={6} />
              )}
            </div>
          </section>
        </>
      )}
    </Page>
  );
}
