import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { connectorsQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { AuthorizationResult } from "./authorization-result.tsx";
import ConnectDialog from "./connect-dialog.tsx";
import { ConnectionsTable } from "./connections-table.tsx";

const route = getRouteApi("/shell/connections");

export function ConnectionsPage() {
  const { connection, authorized, reason } = route.useSearch();
  const navigate = route.useNavigate();
  const [step, setStep] = useState<{ connector: string | null } | null>(null);
  return (
    <Page crumbs={[{ label: "Connections" }]} width="reading">
      <PageHeader
        title="Connections"
        action={
          <Button look="primary" onClick={() => setStep({ connector: null })}>
            <Plus aria-hidden="true" />
            Add connection
          </Button>
        }
      >
        Your accounts with outside APIs. Flows call through them; their secrets are stored encrypted and never shown.
      </PageHeader>
      <AuthorizationResult
        connection={connection}
        authorized={authorized}
        reason={reason}
        returnTo="/connections"
        onDismiss={() => void navigate({ search: {}, replace: true })}
      />
      <ConnectionsTable />
      {step?.connector === null && (
        <ChooseConnector onClose={() => setStep(null)} onChosen={(connector) => setStep({ connector })} />
      )}
      {step?.connector && (
        <ConnectDialog connector={step.connector} onClose={() => setStep(null)} onConnected={() => setStep(null)} />
      )}
    </Page>
  );
}

function ChooseConnector({ onClose, onChosen }: { onClose: () => void; onChosen: (connector: string) => void }) {
  const { data } = useQuery(connectorsQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add connection"
      description="To which API?"
      hint={chosen === null ? "Choose a data connector." : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={chosen === null} onClick={() => chosen !== null && onChosen(chosen)}>
            Next
          </Button>
        </>
      }
    >
      <Field label="Data connector" required>
        {(control) => (
          <Choice
            {...control}
            value={chosen}
            options={(data?.connectors ?? []).map(({ key, name }) => ({ value: key, label: name }))}
            onChange={setChosen}
          />
        )}
      </Field>
    </Dialog>
  );
}
