import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { Check, Circle, CircleDashed } from "lucide-react";
import { connectionsQuery, connectorQuery, sessionQuery } from "../../api/queries.ts";
import { Badge } from "../../ui/badge.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { Page } from "../shell/page.tsx";
import { BaseSection } from "./base-section.tsx";
import { BasicsSection } from "./basics-section.tsx";
import { ConnectionsSection } from "./connections-section.tsx";
import { EndpointsSection } from "./endpoints-section.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import type { ConnectorSection } from "./sections.ts";

const route = getRouteApi("/shell/connectors/$connector");

/** One connector: its sections at the left, in any order; each says whether something is still missing. */
export function ConnectorPage() {
  const { connector } = route.useParams();
  const { section = "endpoints" } = route.useSearch();
  const { data, error, refetch } = useQuery(connectorQuery(connector));
  const { data: session } = useSuspenseQuery(sessionQuery);
  const administrates = session.person.role === "administrator";
  const readOnly = data?.origin === "built-in" || !administrates;
  return (
    <Page
      crumbs={[
        { label: "Custom Data Connectors", link: { to: "/connectors" } },
        { label: data?.document.name ?? (error ? connector : "…") },
      ]}
      width="fill"
    >
      {data ? (
        <div className="flex min-h-0 flex-1">
          <SectionNav loaded={data} section={section} />
          <div
            // Facts take no keyboard: the part that holds them does, so that it can be scrolled.
            tabIndex={readOnly ? 0 : undefined}
            className="min-w-0 flex-1 overflow-y-auto -outline-offset-2"
          >
            <Section key={section} section={section} loaded={data} readOnly={readOnly} mayTest={administrates} />
          </div>
        </div>
      ) : error ? (
        <ApiProblem error={error} what="The connector could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <div role="status" aria-label="Loading the connector" className="flex gap-6 p-6">
          <Skeleton className="h-40 w-52" />
          <Skeleton className="h-80 flex-1" />
        </div>
      )}
    </Page>
  );
}

function Section({
  section,
  loaded,
  readOnly,
  mayTest,
}: {
  section: ConnectorSection;
  loaded: LoadedConnector;
  readOnly: boolean;
  mayTest: boolean;
}) {
  switch (section) {
    case "basics":
      return <BasicsSection loaded={loaded} readOnly={readOnly} />;
    case "base":
      return <BaseSection loaded={loaded} readOnly={readOnly} />;
    case "endpoints":
      return <EndpointsSection loaded={loaded} readOnly={readOnly} mayTest={mayTest} />;
    case "connections":
      return <ConnectionsSection loaded={loaded} />;
  }
}

const sectionNames: readonly { section: ConnectorSection; label: string }[] = [
  { section: "basics", label: "Basic information" },
  { section: "base", label: "Base URL & authentication" },
  { section: "connections", label: "Test connections" },
  { section: "endpoints", label: "Endpoints" },
];

function SectionNav({ loaded, section }: { loaded: LoadedConnector; section: ConnectorSection }) {
  const { document, origin, tests } = loaded;
  const { data } = useQuery(connectionsQuery(document.key));
  const made = data?.connections.length ?? 0;
  const passed = tests.filter((test) => test.passed && !test.stale).length;
  const done: Record<ConnectorSection, boolean> = {
    basics: document.description !== "",
    base: document.baseUrl !== "",
    connections: made > 0 || document.auth.kind === "none",
    endpoints: document.endpoints.length > 0 && passed === document.endpoints.length,
  };
  const counts: Partial<Record<ConnectorSection, string>> = {
    ...(document.endpoints.length > 0 && { endpoints: `${passed}/${document.endpoints.length} passed` }),
    ...(made > 0 && { connections: String(made) }),
  };
  return (
    <nav aria-label="Sections" className="flex w-60 shrink-0 flex-col gap-1 overflow-y-auto border-line border-r p-3">
      <div className="flex items-center gap-2 px-2 pt-1 pb-3">
        <h1 className="min-w-0 truncate font-semibold text-base">{document.name}</h1>
        {origin === "built-in" && <Badge>Built in</Badge>}
      </div>
      {sectionNames.map((each) => (
        <Link
          key={each.section}
          to="/connectors/$connector"
          params={{ connector: document.key }}
          search={{ section: each.section }}
          aria-current={each.section === section ? "page" : undefined}
          className={clsx(
            "flex min-h-8 items-center gap-2 rounded-control px-2 py-1 text-sm transition-colors hover:bg-hover",
            each.section === section ? "bg-pressed font-medium" : "text-muted",
          )}
        >
          {done[each.section] ? (
            <Check aria-label="done" className="size-3.5 shrink-0 text-succeeded-text" />
          ) : each.section === "endpoints" && document.endpoints.length > 0 ? (
            <CircleDashed aria-label="not all tests have passed" className="size-3.5 shrink-0 text-waiting-text" />
          ) : (
            <Circle aria-label="something is missing" className="size-3.5 shrink-0 text-faint" />
          )}
          <span className="min-w-0 flex-1">{each.label}</span>
          {counts[each.section] && <span className="text-muted text-xs tabular-nums">{counts[each.section]}</span>}
        </Link>
      ))}
    </nav>
  );
}
