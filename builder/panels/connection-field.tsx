import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Choice } from "../ui/input.tsx";
import type { NodeFormProps } from "./node-form-props.ts";

const ConnectDialog = lazy(() => import("../pages/connections/connect-dialog.tsx"));

/** Through which connection a node calls its connector. */
export function ConnectionField({
  connector,
  connections,
  value,
  error,
  disabled,
  onChange,
}: {
  connector: ConnectorDraft;
  connections: NodeFormProps["context"]["connections"];
  value: string | null;
  error: string | undefined;
  disabled: boolean;
  onChange: (connection: string | null) => void;
}) {
  const [adding, setAdding] = useState(false);
  const known = value === null || connections.some(({ id }) => id === value);
  return (
    <>
      <Field
        label="Connection"
        required
        error={error}
        action={
          !disabled && (
            <Button look="quiet" size="small" onClick={() => setAdding(true)}>
              <Plus aria-hidden="true" />
              Add connection
            </Button>
          )
        }
      >
        {(control) => (
          <Choice
            {...control}
            disabled={disabled}
            value={value ?? ""}
            options={[
              { value: "", label: "Choose a connection" },
              ...(!known && value !== null ? [{ value, label: "A connection that does not exist any more" }] : []),
              ...connections.map(({ id, name, account }) => ({ value: id, label: account ? `${name} · ${account}` : name })),
            ]}
            onChange={(chosen) => onChange(chosen === "" ? null : chosen)}
          />
        )}
      </Field>
      {adding && (
        <Suspense>
          <ConnectDialog
            connector={connector.key}
            onClose={() => setAdding(false)}
            onConnected={(connection) => {
              onChange(connection);
              setAdding(false);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
