import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { FlowVersion } from "../../../shared/api/runs.ts";
import { runsQuery } from "../../api/queries.ts";
import { Duration } from "../../ui/duration.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { State } from "../../ui/lamp.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";

/** A part of the panel beside a flow. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-3 p-4">
      <h2 className="font-semibold text-sm">{title}</h2>
      {children}
    </section>
  );
}

export function PublishedFacts({ version }: { version: FlowVersion }) {
  return (
    <Section title="Published version">
      <Facts>
        <Fact name="Version">{version.number}</Fact>
        <Fact name="Published">
          <RelativeTime at={version.publishedAt} />
        </Fact>
        <Fact name="Steps">{version.document.nodes.length}</Fact>
        <Fact name="Connectors">{version.connectors.map((connector) => connector.name).join(", ") || "None"}</Fact>
      </Facts>
    </Section>
  );
}

export function RecentRuns({ flow }: { flow: string }) {
  const runs = useInfiniteQuery(runsQuery({ flow, limit: 10 }));
  if (runs.error && !runs.data)
    return <ApiProblem error={runs.error} what="The runs could not be loaded" onRetry={() => void runs.refetch()} />;
  if (!runs.data) return <Skeleton className="h-32" />;
  const rows = runs.data.pages[0]?.runs ?? [];
  if (rows.length === 0) return <p className="text-muted text-sm">This flow has not run yet.</p>;
  return (
    <>
      <ul className="-mx-2 flex flex-col">
        {rows.map((run) => (
          <li key={run.id}>
            <Link
              to="/runs/$run"
              params={{ run: run.id }}
              className="grid h-8 grid-cols-[7rem_minmax(0,1fr)_auto] items-center gap-3 rounded-control px-2 text-sm -outline-offset-2 hover:bg-hover"
            >
              <State state={run.status} />
              <span className="text-muted">
                <RelativeTime at={run.startedAt ?? run.createdAt} />
                {run.version === null && " · test"}
              </span>
              <span className="text-muted">
                <Duration from={run.startedAt} to={run.finishedAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <Link
        to="/runs"
        search={{ flow }}
        className="self-start rounded-small font-medium text-accent-text text-sm hover:underline"
      >
        All runs of this flow
      </Link>
    </>
  );
}
