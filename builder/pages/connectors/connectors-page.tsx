import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { ConnectorSummary } from "../../../shared/api/connectors.ts";
import { connectorsQuery, sessionQuery } from "../../api/queries.ts";
import { Badge } from "../../ui/badge.tsx";
import { buttonStyle } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { type Column, rowLink, Table } from "../../ui/table.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { Page, PageHeader } from "../shell/page.tsx";

const columns: readonly Column<ConnectorSummary>[] = [
  {
    key: "name",
    header: "Data connector",
    cell: (connector) => (
      <Link to="/connectors/$connector" params={{ connector: connector.key }} className={rowLink}>
        {connector.name} <span className="font-normal text-muted">{connector.description}</span>
      </Link>
    ),
  },
  {
    key: "origin",
    header: "Origin",
    width: "w-28",
    cell: (connector) => <Badge>{connector.origin === "built-in" ? "Built in" : "Custom"}</Badge>,
  },
  { key: "auth", header: "Authentication", width: "w-40", wideOnly: true, cell: (connector) => connector.auth },
  { key: "endpoints", header: "Endpoints", width: "w-28", align: "right", cell: (connector) => connector.endpoints.length },
  { key: "connections", header: "Connections", width: "w-32", align: "right", cell: (connector) => connector.connections },
  { key: "flows", header: "Flows", width: "w-24", align: "right", wideOnly: true, cell: (connector) => connector.flows },
  {
    key: "updated",
    header: "Changed",
    width: "w-32",
    align: "right",
    wideOnly: true,
    cell: (connector) => (
      <span className="text-muted">
        <RelativeTime at={connector.updatedAt} />
      </span>
    ),
  },
];

export function ConnectorsPage() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const connectors = useQuery(connectorsQuery);
  const create = session.person.role === "administrator" && (
    <Link to="/connectors/new" className={buttonStyle({ look: "primary" })}>
      <Plus aria-hidden="true" />
      Create data connector
    </Link>
  );
  return (
    <Page crumbs={[{ label: "Custom Data Connectors" }]} width="table">
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
        <Table
          label="Data connectors"
          columns={columns}
          rows={connectors.data.connectors}
          rowKey={(connector) => connector.key}
          rowTestId="connector-row"
        />
      )}
    </Page>
  );
}
