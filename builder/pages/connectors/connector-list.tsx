import { Link, useNavigate } from "@tanstack/react-router";
import { ExternalLink, Plug, Search, Trash2 } from "lucide-react";
import { useState } from "react";
import type { ConnectorSummary } from "../../../shared/api/connectors.ts";
import { Input } from "../../ui/input.tsx";
import { Menu } from "../../ui/menu.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { type Column, rowLink, Table } from "../../ui/table.tsx";
import ConnectDialog from "../connections/connect-dialog.tsx";
import { ConnectorLogo } from "./connector-logo.tsx";
import { ConnectorState } from "./connector-state.tsx";
import { DeleteConnector } from "./delete-connector.tsx";
import { findConnectors } from "./find-connectors.ts";

const columns: readonly Column<ConnectorSummary>[] = [
  {
    key: "name",
    header: "Data connector",
    cell: ({ key, name, description, logo }) => (
      <span className="flex min-w-0 items-center gap-2.5">
        <ConnectorLogo name={name} logo={logo} />
        <Link to="/connectors/$connector" params={{ connector: key }} className={rowLink}>
          {name} <span className="font-normal text-muted">{description}</span>
        </Link>
      </span>
    ),
  },
  { key: "state", header: "State", width: "w-64", cell: (connector) => <ConnectorState connector={connector} brief /> },
  {
    key: "category",
    header: "Category",
    width: "w-48",
    wideOnly: true,
    cell: ({ category }) => category ?? <span className="text-muted">None</span>,
  },
  { key: "auth", header: "Authentication", width: "w-32", wideOnly: true, cell: ({ auth }) => auth },
  { key: "connections", header: "Connections", width: "w-28", align: "right", cell: ({ connections }) => connections },
  {
    key: "updated",
    header: "Updated",
    width: "w-28",
    align: "right",
    cell: ({ updatedAt }) => (
      <span className="text-muted">
        <RelativeTime at={updatedAt} />
      </span>
    ),
  },
];

/** Connectors with a search over them; each can be opened and connected to, and deleted by those who may. */
export function ConnectorList({
  connectors,
  administrates,
}: {
  connectors: readonly ConnectorSummary[];
  administrates: boolean;
}) {
  const [typed, setTyped] = useState("");
  const [connecting, setConnecting] = useState<string | null>(null);
  const [deleting, setDeleting] = useState<ConnectorSummary | null>(null);
  const found = findConnectors(connectors, typed);
  const actions: Column<ConnectorSummary> = {
    key: "actions",
    header: "Actions",
    width: "w-24",
    align: "right",
    cell: (connector) => (
      <RowMenu
        connector={connector}
        mayDelete={administrates && connector.origin === "custom"}
        onConnect={() => setConnecting(connector.key)}
        onDelete={() => setDeleting(connector)}
      />
    ),
  };
  return (
    <>
      <div className="relative mx-6 mb-3 max-w-form">
        <Search aria-hidden="true" className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted" />
        <Input
          type="search"
          aria-label="Search data connectors"
          placeholder="Search by name, category, authentication or state"
          className="pl-8"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      {found.length === 0 ? (
        <p role="status" className="px-6 py-10 text-center text-muted text-sm">
          No data connector fits “{typed}”.
        </p>
      ) : (
        <Table
          label="Data connectors"
          columns={[...columns, actions]}
          rows={found}
          rowKey={({ key }) => key}
          rowTestId="connector-row"
        />
      )}
      {connecting !== null && (
        <ConnectDialog connector={connecting} onClose={() => setConnecting(null)} onConnected={() => setConnecting(null)} />
      )}
      {deleting && (
        <DeleteConnector connector={deleting} open onClose={() => setDeleting(null)} onDeleted={() => setDeleting(null)} />
      )}
    </>
  );
}

function RowMenu({
  connector: { key, name },
  mayDelete,
  onConnect,
  onDelete,
}: {
  connector: ConnectorSummary;
  mayDelete: boolean;
  onConnect: () => void;
  onDelete: () => void;
}) {
  const navigate = useNavigate();
  return (
    <Menu
      label={`Actions for ${name}`}
      items={[
        { label: "Connect", icon: <Plug aria-hidden="true" />, onSelect: onConnect },
        {
          label: "Open",
          icon: <ExternalLink aria-hidden="true" />,
          onSelect: () => void navigate({ to: "/connectors/$connector", params: { connector: key } }),
        },
        ...(mayDelete ? [{ label: "Delete", icon: <Trash2 aria-hidden="true" />, danger: true, onSelect: onDelete }] : []),
      ]}
    />
  );
}
