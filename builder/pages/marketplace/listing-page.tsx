import { useMutation, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { getListing } from "../../../shared/api/marketplace.ts";
import type { Response } from "../../../shared/api/route.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { listingQuery, sessionQuery } from "../../api/queries.ts";
import { installConnector, uninstallConnector } from "../../api/routes.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { notify } from "../../ui/toast.ts";
import { categoryWords } from "../actions/category-words.ts";
import { ConnectorLogo } from "../connectors/connector-logo.tsx";
import { Method } from "../connectors/method.tsx";
import { useRefreshVersions } from "../connectors/use-refresh-versions.ts";
import { ApiProblem } from "../shell/api-problem.tsx";
import { Page } from "../shell/page.tsx";

const route = getRouteApi("/shell/marketplace/$connector");
const ConnectDialog = lazy(() => import("../connections/connect-dialog.tsx"));

/** One connector of the marketplace: what it does and where its calls go, before somebody installs it. */
export function ListingPage() {
  const { connector } = route.useParams();
  const { data, error, refetch } = useQuery(listingQuery(connector));
  return (
    <Page crumbs={[{ label: "Marketplace", link: { to: "/marketplace" } }, { label: data?.listing.name ?? "…" }]} width="reading">
      {data ? (
        <Details data={data} />
      ) : error ? (
        <ApiProblem error={error} what="The connector could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-60 w-full" />
      )}
    </Page>
  );
}

function Details({ data }: { data: Response<typeof getListing> }) {
  const { listing, baseUrl, endpoints, actions, note } = data;
  return (
    <div className="flex flex-col gap-8">
      <div className="flex items-start gap-4">
        <ConnectorLogo name={listing.name} logo={listing.logo} size="large" />
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <h1 className="font-semibold text-2xl">{listing.name}</h1>
          <p className="text-muted">{listing.description || "No description."}</p>
        </div>
        <Buttons listing={listing} />
      </div>
      <Facts>
        <Fact name="Version">
          {listing.version}
          {note && <span className="text-muted"> · {note}</span>}
          <span className="text-muted">
            {" · "}
            <RelativeTime at={listing.publishedAt} />
          </span>
        </Fact>
        <Fact name="Category">{listing.category ?? "None"}</Fact>
        <Fact name="Calls go to">
          <code className="font-mono text-xs">{baseUrl}</code>
        </Fact>
        <Fact name="Authentication">{listing.auth}</Fact>
      </Facts>
      {actions.length > 0 && (
        <section className="flex flex-col gap-3">
          <h2 className="font-semibold text-base">Actions</h2>
          <ul className="divide-y divide-line rounded-card border border-line">
            {actions.map(({ key, name, description, category }) => (
              <li key={key} className="flex items-start gap-3 px-4 py-2.5 text-sm">
                <div className="flex min-w-0 flex-1 flex-col">
                  <span className="font-medium">{name}</span>
                  {description && <span className="text-muted text-xs">{description}</span>}
                </div>
                <Badge>{categoryWords[category]}</Badge>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="flex flex-col gap-3">
        <h2 className="font-semibold text-base">Endpoints</h2>
        <ul className="divide-y divide-line rounded-card border border-line">
          {endpoints.map(({ key, name, description, method, path }) => (
            <li key={key} className="flex items-start gap-2 px-4 py-2.5 text-sm">
              <Method method={method} />
              <span className="flex min-w-0 flex-1 flex-col gap-0.5">
                <span className="truncate font-medium">{name}</span>
                {description && <span className="line-clamp-2 text-muted text-xs">{description}</span>}
              </span>
              <code className="max-w-1/2 truncate pt-0.5 font-mono text-muted text-xs">{path}</code>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Buttons({ listing }: { listing: Response<typeof getListing>["listing"] }) {
  const { key, version, installed, origin } = listing;
  const { data: session } = useSuspenseQuery(sessionQuery);
  const administrates = session.person.role === "administrator";
  const [connecting, setConnecting] = useState(false);
  const refresh = useRefreshVersions();
  const failed = (fault: Error) => notify("failed", "Nothing was changed", explain(fault).why);
  const install = useMutation({
    mutationFn: () => call(installConnector, { params: { connector: key }, body: { version } }),
    onSuccess: refresh,
    onError: failed,
  });
  const uninstall = useMutation({
    mutationFn: () => call(uninstallConnector, { params: { connector: key } }),
    onSuccess: refresh,
    onError: failed,
  });
  const isCurrent = installed === version;
  if (installed === null && !administrates)
    return <p className="max-w-48 text-muted text-xs">An administrator installs connectors for this workspace.</p>;
  return (
    <div className="flex shrink-0 items-center gap-2">
      {installed !== null && administrates && origin === "custom" && (
        <Button look="quiet" busy={uninstall.isPending} onClick={() => uninstall.mutate()}>
          Uninstall
        </Button>
      )}
      {!isCurrent && administrates && (
        <Button look="primary" busy={install.isPending} onClick={() => install.mutate()}>
          {installed === null ? "Install" : `Update to version ${version}`}
        </Button>
      )}
      {installed !== null && (
        <Button look={isCurrent ? "primary" : "secondary"} onClick={() => setConnecting(true)}>
          Connect
        </Button>
      )}
      {installed !== null && (
        <Link to="/flows" className="text-accent-text text-sm hover:underline">
          Use in a flow
        </Link>
      )}
      {connecting && (
        <Suspense>
          <ConnectDialog
            connector={key}
            onClose={() => setConnecting(false)}
            onConnected={() => {
              setConnecting(false);
              notify("done", `${listing.name} is connected`);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
