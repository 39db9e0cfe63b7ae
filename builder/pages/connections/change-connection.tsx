import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConnectionSummary } from "../../../shared/api/connections.ts";
import { ApiError } from "../../api/api-error.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorQuery } from "../../api/queries.ts";
import { updateConnection } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { notify } from "../../ui/toast.ts";
import { fieldProblems } from "../connectors/use-connector-edit.ts";
import { CredentialInputs } from "./credential-inputs.tsx";
import { type Place, PlaceFields, placeBody } from "./place-fields.tsx";

/** Renames a connection, moves it within its connector's host pattern, or replaces credentials; an empty field keeps what is stored. */
export function ChangeConnection({ connection, onClose }: { connection: ConnectionSummary; onClose: () => void }) {
  const client = useQueryClient();
  const { data } = useQuery({ ...connectorQuery(connection.connector.key), enabled: connection.target === "live" });
  const [name, setName] = useState(connection.name);
  const [values, setValues] = useState<Record<string, string>>({});
  const before = { baseUrl: connection.ownBaseUrl ? connection.baseUrl : "", variables: connection.variables };
  const [place, setPlace] = useState<Place>(before);
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
  const replaces = Object.keys(given).length > 0;
  const moved = place.baseUrl !== before.baseUrl || JSON.stringify(place.variables) !== JSON.stringify(before.variables);
  const save = useMutation({
    mutationFn: () =>
      call(updateConnection, {
        params: { connection: connection.id },
        body: {
          name,
          ...(moved && data && { ...placeBody(data.document, place), baseUrl: place.baseUrl }),
          ...(replaces && { credentials: given }),
          ...(replaces && data && { shownBaseUrl: data.document.baseUrl }),
        },
      }),
    async onSuccess({ check }) {
      await client.invalidateQueries({ queryKey: ["connections"] });
      const refused = check !== null && (check.outcome === "broken" || check.outcome === "unreachable");
      notify(refused ? "failed" : "done", refused ? "Saved, but the API did not accept it" : "Saved", check?.message);
      onClose();
    },
    onError: () => client.invalidateQueries({ queryKey: connectorQuery(connection.connector.key).queryKey }),
  });
  const found = fieldProblems(save.error);
  const problem = (field: string): string | undefined => found[field];
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
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Field label="Connection name" required error={problem("name")}>
          {(control) => <Input {...control} maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        {data && <PlaceFields connector={data.document} place={place} problem={problem} onChange={setPlace} />}
        <CredentialInputs
          fields={connection.fields}
          values={values}
          required={false}
          problem={problem}
          placeholder={({ key, secret }) => (secret ? "••••••••" : connection.open[key])}
          help={({ secret }) =>
            secret && (
              <>
                Set <RelativeTime at={connection.credentialsSetAt} />. What is typed here replaces it.
              </>
            )
          }
          onChange={setValues}
        />
        {save.error && Object.keys(found).length === 0 && <ProblemLine text={wordsOf(save.error)} />}
      </form>
    </Dialog>
  );
}

function wordsOf(error: Error): string {
  return error instanceof ApiError && typeof error.details?.baseUrl === "string"
    ? `The base URL of this connector was changed meanwhile to ${error.details.baseUrl}. Nothing was sent; save again only if that is where your credentials belong.`
    : explain(error).why;
}
