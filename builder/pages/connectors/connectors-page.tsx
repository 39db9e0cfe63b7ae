import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { connectorsQuery, sessionQuery } from "../../api/queries.ts";
import { buttonStyle } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { ConnectorList } from "./connector-list.tsx";

/** All connectors of the workspace: what each is for, how far it is, and the way to connect to it. */
export function ConnectorsPage() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const connectors = useQuery(connectorsQuery);
  const administrates = session.person.role === "administrator";
  const create = administrates && (
    <Link to="/connectors/new" className={buttonStyle({ look: "primary" })}>
      <Plus aria-hidden="true" />
      Create data connector
    </Link>
  );
  return (
    <Page crumbs={[{ label: "Integrations" }, { label: "Custom Data Connectors" }]} width="table">
      <div className="p-6 pb-4">
        <PageHeader title="Custom Data Connectors" action={create}>
          Each describes an outside API once: where it is, how it is signed in to, and what can be called.
        </PageHeader>
      </div>
      {connectors.isPending ? (
        <SkeletonRows />
      ) : connectors.error && !connectors.data ? (
        <ApiProblem
          error={connectors.error}
          what="The connectors could not be loaded"
          onRetry={() => void connectors.refetch()}
        />
      ) : connectors.data.connectors.length === 0 ? (
        <Empty title="No connectors yet" picture={<LooseCable />} action={create}>
          Import an API's OpenAPI file, or describe its endpoints by hand; then flows can call it.
        </Empty>
      ) : (
        <ConnectorList connectors={connectors.data.connectors} administrates={administrates} />
      )}
    </Page>
  );
}
