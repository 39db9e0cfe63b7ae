import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConnectionSummary } from "../../../shared/api/connections.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { updateConnection } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { notify } from "../../ui/toast.ts";

/** Renames a connection or replaces credentials; a field left empty keeps what is stored. */
export function ChangeConnection({ connection, onClose }: { connection: ConnectionSummary; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(connection.name);
  const [values, setValues] = useState<Record<string, string>>({});
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
  const save = useMutation({
    mutationFn: () =>
      call(updateConnection, {
        params: { connection: connection.id },
        body: { name, ...(Object.keys(given).length > 0 && { credentials: given }) },
      }),
    async onSuccess({ check }) {
      await client.invalidateQueries({ queryKey: ["connections"] });
      const refused = check !== null && (check.outcome === "broken" || check.outcome === "unreachable");
      notify(refused ? "failed" : "done", refused ? "Saved, but the API did not accept it" : "Saved", check?.message);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Change “${connection.name}”`}
      description="Stored secrets are never shown. Leave a field empty to keep what it holds."
      hint={name.trim() === "" ? "Enter a name." : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="change-connection" busy={save.isPending} disabled={name.trim() === ""}>
            Save connection
          </Button>
        </>
      }
    >
      <form
        id="change-connection"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Field label="Connection name" required>
          {(control) => <Input {...control} maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        {connection.fields.map(({ key, label, secret }) => (
          <Field
            key={key}
            label={label}
            help={
              secret && (
                <>
                  Set <RelativeTime at={connection.credentialsSetAt} />. What is typed here replaces it.
                </>
              )
            }
          >
            {(control) => (
              <Input
                {...control}
                type={secret ? "password" : "text"}
                autoComplete="off"
                placeholder={secret ? "••••••••" : connection.open[key]}
                value={values[key] ?? ""}
                onChange={(event) => setValues({ ...values, [key]: event.target.value })}
              />
            )}
          </Field>
        ))}
        {save.error && <ProblemLine text={explain(save.error).why} />}
      </form>
    </Dialog>
  );
}
