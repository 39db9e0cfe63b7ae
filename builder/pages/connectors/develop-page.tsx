import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { ConnectorSummary } from "../../../shared/api/connectors.ts";
import { connectorsQuery, sessionQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { ConnectorLogo } from "./connector-logo.tsx";
import { ConnectorState } from "./connector-state.tsx";
import { CreateAppDialog } from "./create-app-dialog.tsx";

/** The drafts of this workspace as apps with the feature Connect: another way in to the same build flow. */
export function DevelopPage() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data, error, isPending, refetch } = useQuery(connectorsQuery);
  const [creating, setCreating] = useState(false);
  const administrates = session.person.role === "administrator";
  const apps = data?.connectors.filter(({ origin }) => origin === "custom") ?? [];
  const create = administrates && (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden="true" />
      Create
    </Button>
  );
  return (
    <Page crumbs={[{ label: "Develop" }, { label: "General App" }, { label: "Connect" }]} width="reading">
      <PageHeader title="General App" action={create}>
        Apps whose feature is Connect: they bring an outside API into flows. A name is enough to begin; no scopes and no redirect
        URL are needed. The sections can be filled in any order.
      </PageHeader>
      {isPending ? (
        <SkeletonRows rows={4} />
      ) : error && !data ? (
        <ApiProblem error={error} what="The apps could not be loaded" onRetry={() => void refetch()} />
      ) : apps.length === 0 ? (
        <Empty title="No apps yet" picture={<LooseCable />} action={create}>
          An app is a connector that this workspace builds: specification, authentication, endpoints, tests, and at last a version
          to use or to publish.
        </Empty>
      ) : (
        <ul aria-label="Apps" className="divide-y divide-line rounded-card border border-line">
          {apps.map((app) => (
            <App key={app.key} app={app} />
          ))}
        </ul>
      )}
      {creating && <CreateAppDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function App({ app }: { app: ConnectorSummary }) {
  const { key, name, description, logo, endpoints, updatedAt } = app;
  return (
    <li data-testid="app-row">
      <Link
        to="/connectors/$connector"
        params={{ connector: key }}
        search={{ section: "basics" }}
        className="flex items-center gap-4 px-4 py-3 -outline-offset-2 hover:bg-hover"
      >
        <ConnectorLogo name={name} logo={logo} size="large" />
        <span className="flex min-w-0 flex-1 flex-col gap-0.5">
          <span className="truncate font-medium text-sm">
            {name} <span className="font-normal text-muted">{description}</span>
          </span>
          <span className="min-w-0 text-xs">
            <ConnectorState connector={app} />
          </span>
        </span>
        <span className="flex shrink-0 flex-col items-end text-muted text-xs tabular-nums">
          <span>{endpoints.length === 1 ? "1 endpoint" : `${endpoints.length} endpoints`}</span>
          <RelativeTime at={updatedAt} />
        </span>
      </Link>
    </li>
  );
}
