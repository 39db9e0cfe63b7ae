import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
import type { Action } from "../../../shared/connector/action.ts";
import { actionInputs, actionParameters } from "../../../shared/connector/action-call.ts";
import { credentialFields } from "../../../shared/connector/auth-scheme.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectionsQuery, connectorQuery } from "../../api/queries.ts";
import { testEndpoint } from "../../api/routes.ts";
import { ParameterForm } from "../../panels/parameter-form.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import ConnectDialog from "../connections/connect-dialog.tsx";
import type { LoadedConnector } from "../connectors/loaded-connector.ts";
import { TestResultView } from "../connectors/test-result-view.tsx";
import type { ActionDraft } from "./action-draft.ts";

/** Test API: one real call as the action makes it; its answer is what the output is chosen from. */
export function ActionTest({
  loaded,
  draft,
  action,
  onChange,
}: {
  loaded: LoadedConnector;
  draft: ActionDraft;
  action: Action;
  onChange: (draft: ActionDraft) => void;
}) {
  const { document } = loaded;
  const client = useQueryClient();
  const { data } = useQuery(connectionsQuery(document.key));
  const connections = data?.connections ?? [];
  const [asked, setAsked] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const needsConnection = document.auth.kind !== "none";
  const connection = asked ?? connections[0]?.id ?? null;
  const run = useMutation({
    mutationFn: () =>
      call(testEndpoint, {
        params: { connector: document.key, endpoint: draft.endpoint.key },
        body: { connection: needsConnection ? connection : null, inputs: actionInputs(action, draft.inputs) },
      }),
    async onSuccess(result) {
      if (result.passed && result.response) onChange({ ...draft, sample: result.response.body });
      await client.invalidateQueries({ queryKey: connectorQuery(document.key).queryKey });
    },
  });
  const problems = Object.fromEntries((run.data?.problems ?? []).map(({ parameter, message }) => [parameter, message]));
  const blocked =
    document.baseUrl === ""
      ? "Set the base URL and the authentication first: no call is made before."
      : needsConnection && connection === null
        ? "Connect first: the API is called through a connection."
        : null;
  return (
    <div className="flex flex-col gap-6">
      {needsConnection && (
        <div className="max-w-form">
          <Field
            label="Connection"
            required
            action={
              <Button look="quiet" size="small" onClick={() => setAdding(true)}>
                {credentialFields(document.auth).length > 0 ? "Add connection" : "Connect"}
              </Button>
            }
          >
            {(control) => (
              <Choice
                {...control}
                value={connection}
                options={connections.map(({ id, name, account }) => ({
                  value: id,
                  label: account ? `${name} · ${account}` : name,
                }))}
                onChange={setAsked}
              />
            )}
          </Field>
        </div>
      )}
      <ParameterForm
        parameters={actionParameters(action, draft.endpoint)}
        inputs={draft.inputs}
        place={{ connector: document.key, endpoint: draft.endpoint.key, connection }}
        roots={null}
        problems={problems}
        onChange={(inputs) => onChange({ ...draft, inputs })}
      />
      {blocked && <p className="text-sm text-waiting-text">{blocked}</p>}
      {run.error && <ProblemLine text={explain(run.error).why} />}
      <Button className="self-start" busy={run.isPending} disabled={blocked !== null} onClick={() => run.mutate()}>
        <Play aria-hidden="true" />
        Test API
      </Button>
      {run.data && <TestResultView result={run.data} />}
      {adding && (
        <ConnectDialog
          connector={document.key}
          onClose={() => setAdding(false)}
          onConnected={(made) => {
            setAsked(made);
            setAdding(false);
          }}
        />
      )}
    </div>
  );
}
