import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import ConnectDialog from "../connections/connect-dialog.tsx";
import { ConnectionsTable } from "../connections/connections-table.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { SectionFrame } from "./section-frame.tsx";

const route = getRouteApi("/shell/connectors/$connector");

/** The connections with which the connector's endpoints are tested, and which flows may use as well. */
export function ConnectionsSection({ loaded: { document } }: { loaded: LoadedConnector }) {
  const navigate = route.useNavigate();
  const { connect } = route.useSearch();
  const [adding, setAdding] = useState(connect === "yes" && document.baseUrl !== "");
  const returnTo = `/connectors/${document.key}?section=endpoints`;
  return (
    <SectionFrame
      title="Test connections"
      lead="Keys and passwords of one account, stored encrypted. Tests and flows call the API through a connection."
      action={
        <Button look="primary" disabled={document.baseUrl === ""} onClick={() => setAdding(true)}>
          <Plus aria-hidden="true" />
          Add connection
        </Button>
      }
    >
      {document.baseUrl === "" && (
        <p className="rounded-control bg-waiting-tint px-3 py-2 text-sm text-waiting-text">
          Set the base URL and the authentication first: they say what a connection needs.
        </p>
      )}
      <ConnectionsTable connector={document.key} returnTo={returnTo} />
      {adding && (
        <ConnectDialog
          connector={document.key}
          returnTo={returnTo}
          onClose={() => {
            setAdding(false);
            if (connect) void navigate({ search: { section: "connections" }, replace: true });
          }}
          onConnected={() => void navigate({ search: { section: "endpoints" } })}
        />
      )}
    </SectionFrame>
  );
}
