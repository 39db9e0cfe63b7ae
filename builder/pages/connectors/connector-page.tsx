import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { connectorQuery, sessionQuery } from "../../api/queries.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { AuthorizationResult } from "../connections/authorization-result.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { Page } from "../shell/page.tsx";
import { SectionNav } from "./section-nav.tsx";
import { sectionViews } from "./section-views.tsx";

const route = getRouteApi("/shell/connectors/$connector");

/** One connector: its sections at the left, in any order; each says whether something is still missing. */
export function ConnectorPage() {
  const { connector } = route.useParams();
  const { section = "endpoints", connection, authorized, reason } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(connectorQuery(connector));
  const { data: session } = useSuspenseQuery(sessionQuery);
  const administrates = session.person.role === "administrator";
  const readOnly = data?.origin === "built-in" || !administrates;
  const View = sectionViews[section];
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
          <SectionNav loaded={data} section={section} readOnly={readOnly} />
          <div
            // Facts take no keyboard: the part that holds them does, so that it can be scrolled.
            tabIndex={readOnly ? 0 : undefined}
            className="flex min-w-0 flex-1 flex-col overflow-y-auto -outline-offset-2"
          >
            {authorized && (
              <div className="shrink-0 border-line border-b p-4">
                <AuthorizationResult
                  connection={connection}
                  authorized={authorized}
                  reason={reason}
                  returnTo={`/connectors/${connector}?section=endpoints`}
                  onDismiss={() => void navigate({ search: { section }, replace: true })}
                />
              </div>
            )}
            <div className="min-h-0 flex-1">
              <View key={section} loaded={data} readOnly={readOnly} mayTest={administrates} />
            </div>
          </div>
        </div>
      ) : error ? (
        <ApiProblem error={error} what="The connector could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <div role="status" aria-label="Loading the connector" className="flex gap-6 p-6">
          <Skeleton className="h-40 w-56" />
          <Skeleton className="h-80 flex-1" />
        </div>
      )}
    </Page>
  );
}
