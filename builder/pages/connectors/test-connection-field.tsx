import { useState } from "react";
import type { ConnectionSummary } from "../../../shared/api/connections.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";
import ConnectDialog from "../connections/connect-dialog.tsx";

/** The connection through which a test calls the API; one can be added in its place. */
export function TestConnectionField({
  connector,
  connections,
  value,
  onChange,
}: {
  connector: string;
  connections: readonly ConnectionSummary[];
  value: string | null;
  onChange: (connection: string) => void;
}) {
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Field
        label="Test connection"
        required
        action={
          <Button look="quiet" size="small" onClick={() => setAdding(true)}>
            Add connection
          </Button>
        }
      >
        {(control) => (
          <Choice
            {...control}
            value={value}
            options={connections.map(({ id, name, account }) => ({
              value: id,
              label: account ? `${name} · ${account}` : name,
            }))}
            onChange={onChange}
          />
        )}
      </Field>
      {adding && (
        <ConnectDialog
          connector={connector}
          onClose={() => setAdding(false)}
          onConnected={(made) => {
            onChange(made);
            setAdding(false);
          }}
        />
      )}
    </>
  );
}
