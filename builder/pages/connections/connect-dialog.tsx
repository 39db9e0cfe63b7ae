import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConnectionCheck } from "../../../shared/api/connections.ts";
import type { getConnector } from "../../../shared/api/connectors.ts";
import type { Response } from "../../../shared/api/route.ts";
import { credentialFields } from "../../../shared/connector/auth-scheme.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorQuery } from "../../api/queries.ts";
import { createConnection, updateConnection } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { notify } from "../../ui/toast.ts";

type Props = {
  /** Key of the connector. */
  connector: string;
  onClose: () => void;
  onConnected: (connection: string) => void;
};

/** Adds a connection: its name and credentials, checked at once. Refused credentials stay, so that they can be put right. */
export default function ConnectDialog({ connector, onClose, onConnected }: Props) {
  const { data, error } = useQuery(connectorQuery(connector));
  if (error || !data)
    return (
      <Dialog
        open
        onClose={onClose}
        title="Add connection"
        description={error ? explain(error).why : "Loading what this connector needs."}
        footer={<Button onClick={onClose}>Close</Button>}
      >
        {null}
      </Dialog>
    );
  return <ConnectForm loaded={data} onClose={onClose} onConnected={onConnected} />;
}

function ConnectForm({ loaded, onClose, onConnected }: Omit<Props, "connector"> & { loaded: Response<typeof getConnector> }) {
  const { document: connector, sandbox } = loaded;
  const client = useQueryClient();
  const fields = credentialFields(connector.auth);
  const [name, setName] = useState(connector.name);
  const [target, setTarget] = useState<"live" | "sandbox">(sandbox ? "sandbox" : "live");
  const [values, setValues] = useState<Record<string, string>>({});
  const [stored, setStored] = useState<{ connection: string; check: ConnectionCheck } | null>(null);
  const credentials = Object.fromEntries(fields.map(({ key }) => [key, values[key] ?? ""]));
  const connect = useMutation({
    async mutationFn() {
      if (!stored) return call(createConnection, { body: { connector: connector.key, name, target, credentials } });
      const { check } = await call(updateConnection, { params: { connection: stored.connection }, body: { name, credentials } });
      return { connection: stored.connection, check: check ?? stored.check };
    },
    async onSuccess(made) {
      await client.invalidateQueries({ queryKey: ["connections"] });
      if (made.check.outcome !== "broken" && made.check.outcome !== "unreachable") {
        notify("done", "Connected", made.check.account ?? undefined);
        onConnected(made.connection);
      } else setStored(made);
    },
  });
  const missing = name.trim() === "" || fields.some(({ key }) => (values[key] ?? "") === "");
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Connect ${connector.name}`}
      description="Secrets are stored encrypted and never shown again."
      hint={missing ? "Fill in what is marked *." : undefined}
      footer={
        <>
          {stored && <Button onClick={() => onConnected(stored.connection)}>Keep it as it is</Button>}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="connect" busy={connect.isPending} disabled={missing}>
            Connect
          </Button>
        </>
      }
    >
      <form
        id="connect"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) connect.mutate();
        }}
      >
        <Field label="Connection name" required>
          {(control) => <Input {...control} maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        {sandbox && !stored && (
          <Segmented
            label="Where its calls go"
            value={target}
            onChange={setTarget}
            segments={[
              { value: "sandbox", label: "Bundled sandbox" },
              { value: "live", label: "The real API" },
            ]}
          />
        )}
        {fields.map(({ key, label, secret }) => (
          <Field key={key} label={label} required>
            {(control) => (
              <Input
                {...control}
                type={secret ? "password" : "text"}
                autoComplete="off"
                value={values[key] ?? ""}
                onChange={(event) => setValues({ ...values, [key]: event.target.value })}
              />
            )}
          </Field>
        ))}
        {stored && <CheckFailed check={stored.check} />}
        {connect.error && <ProblemLine text={explain(connect.error).why} />}
      </form>
    </Dialog>
  );
}

/** The API's own answer to the credentials. */
function CheckFailed({ check }: { check: ConnectionCheck }) {
  return (
    <div role="alert" className="rounded-card border border-failed-line bg-failed-tint px-3 py-2 text-sm">
      <p className="font-medium text-failed-text">
        {check.outcome === "broken" ? "The API refused these credentials" : "The API could not be reached"}
      </p>
      <p className="break-words">{check.message}</p>
    </div>
  );
}
