import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConnectionSummary } from "../../../shared/api/connections.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectionsQuery } from "../../api/queries.ts";
import { checkConnection, deleteConnection } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Menu } from "../../ui/menu.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { notify } from "../../ui/toast.ts";
import { ApiProblem } from "../shell/api-problem.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { ChangeConnection } from "./change-connection.tsx";
import { ConnectionHealth, ConnectionTrouble } from "./connection-health.tsx";
import { useAuthorize } from "./use-authorize.ts";

/** Connections of one connector, or of all. `returnTo`: where an OAuth provider sends people back to. */
export function ConnectionsTable({ connector, returnTo = "/connections" }: { connector?: string; returnTo?: string }) {
  const { data, error, isPending, refetch } = useQuery(connectionsQuery(connector));
  if (isPending) return <SkeletonRows />;
  if (error && !data)
    return <ApiProblem error={error} what="The connections could not be loaded" onRetry={() => void refetch()} />;
  if (data.connections.length === 0)
    return (
      <Empty title="No connections yet" picture={<LooseCable />}>
        A connection is your account with an outside API: flows call through it, and its secrets are stored encrypted.
      </Empty>
    );
  return (
    <ul aria-label="Connections" className="divide-y divide-line rounded-card border border-line">
      {data.connections.map((connection) => (
        <ConnectionRow key={connection.id} connection={connection} showConnector={connector === undefined} returnTo={returnTo} />
      ))}
    </ul>
  );
}

function ConnectionRow({
  connection,
  showConnector,
  returnTo,
}: {
  connection: ConnectionSummary;
  showConnector: boolean;
  returnTo: string;
}) {
  const { id, name, account, state, target, baseUrl } = connection;
  const client = useQueryClient();
  const [changing, setChanging] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["connections"] });
  const authorize = useAuthorize(returnTo);
  const check = useMutation({
    mutationFn: () => call(checkConnection, { params: { connection: id } }),
    async onSuccess({ check: found }) {
      await refresh();
      const well = found.outcome === "healthy" || found.outcome === "unchecked";
      notify(well ? "done" : "failed", well ? "The connection works" : "The connection does not work", found.message);
    },
    onError: (fault) => notify("failed", "It could not be checked", explain(fault).why),
  });
  const remove = useMutation({
    mutationFn: () => call(deleteConnection, { params: { connection: id } }),
    onSuccess: refresh,
    onError: (fault) => notify("failed", "The connection is still there", explain(fault).why),
    onSettled: () => setDeleting(false),
  });
  return (
    <li className="flex items-center gap-3 px-4 py-2.5" data-testid="connection-row">
      <div className="flex min-w-0 flex-1 flex-col">
        <span className="truncate font-medium text-sm">
          {name}
          {account && <span className="font-normal text-muted"> · {account}</span>}
        </span>
        <span className="truncate text-muted text-xs">
          {showConnector && `${connection.connector.name} · `}
          {target === "sandbox" ? "Bundled sandbox" : baseUrl}
          {" · credentials set "}
          <RelativeTime at={connection.credentialsSetAt} />
        </span>
        {authorize.error && (
          <span role="alert" className="break-words text-failed-text text-xs">
            {explain(authorize.error).why}
          </span>
        )}
        <ConnectionTrouble connection={connection} />
      </div>
      {state === "needs-authorization" && (
        <Button size="small" busy={authorize.isPending} onClick={() => authorize.mutate(id)}>
          {connection.account ? "Authorise again" : "Authorise"}
        </Button>
      )}
      <ConnectionHealth connection={connection} />
      <Menu
        label={`Actions for ${name}`}
        items={[
          { label: "Test connection", onSelect: () => check.mutate() },
          { label: "Rename or replace credentials", onSelect: () => setChanging(true) },
          { label: "Delete", danger: true, onSelect: () => setDeleting(true) },
        ]}
      />
      {changing && <ChangeConnection connection={connection} onClose={() => setChanging(false)} />}
      <Confirm
        open={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={() => remove.mutate()}
        busy={remove.isPending}
        title={`Delete “${name}”?`}
        consequence={
          connection.flows > 0
            ? `${connection.flows} published flows use it, so it cannot be deleted before they stop doing so.`
            : "Its credentials are deleted. It cannot be undone."
        }
        verb="Delete connection"
        keep="Keep it"
      />
    </li>
  );
}
