import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
import { credentialFields } from "../../../shared/connector/auth-scheme.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { cutSample, inferSchema } from "../../../shared/connector/infer-schema.ts";
import type { Json } from "../../../shared/json.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectionsQuery, connectorQuery } from "../../api/queries.ts";
import { testEndpoint } from "../../api/routes.ts";
import { ParameterForm } from "../../panels/parameter-form.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { notify } from "../../ui/toast.ts";
import ConnectDialog from "../connections/connect-dialog.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { sampleInputs } from "./test-plan.ts";
import { TestResultView } from "./test-result-view.tsx";
import { useConnectorEdit } from "./use-connector-edit.ts";

/** Run test: one real call with sample inputs, what was sent and what came back; its answer's parameters can be pulled. */
export function TestConsole({
  loaded,
  endpoint,
  readOnly,
  onPulled,
}: {
  loaded: LoadedConnector;
  endpoint: Endpoint;
  readOnly: boolean;
  onPulled: () => void;
}) {
  const { document, tests } = loaded;
  const client = useQueryClient();
  const last = tests.find((test) => test.endpoint === endpoint.key);
  const [inputs, setInputs] = useState<Record<string, Json>>(() => sampleInputs(endpoint, last));
  const [labels, setLabels] = useState<Record<string, string>>({});
  const { data: connectionData } = useQuery(connectionsQuery(document.key));
  const connections = connectionData?.connections ?? [];
  const [asked, setAsked] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const connection = asked ?? connections.find(({ id }) => id === last?.connection)?.id ?? connections[0]?.id ?? null;
  const needsConnection = credentialFields(document.auth).length > 0;
  const edit = useConnectorEdit(loaded);
  const run = useMutation({
    mutationFn: () =>
      call(testEndpoint, {
        params: { connector: document.key, endpoint: endpoint.key },
        body: { connection: needsConnection ? connection : null, inputs },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: connectorQuery(document.key).queryKey }),
  });
  const result = run.data;
  // Of several problems of a field the first is the cause.
  const problems = Object.fromEntries(
    (result?.problems ?? []).toReversed().map(({ parameter, message }) => [parameter, message]),
  );
  const blocked =
    document.baseUrl === ""
      ? "Set the base URL and the authentication first: no call is made before."
      : needsConnection && connection === null
        ? "Add a test connection first: the API is called through it."
        : null;

  async function pull(answer: Json): Promise<void> {
    const next = {
      ...endpoint,
      responseSchema: inferSchema([answer]),
      responseSample: cutSample(answer),
      responseOrigin: "pulled" as const,
    };
    if (!(await edit.save({ edit: "endpoint", replaces: endpoint.key, endpoint: next }))) return;
    notify("done", "Parameters pulled", "They are under Response, and later steps of a flow can use them.");
    onPulled();
  }

  return (
    <div className="grid max-w-content grid-cols-1 gap-8 px-2 pb-8 xl:grid-cols-2">
      <form
        // The server names what is missing, beside each field.
        noValidate
        className="flex min-w-0 flex-col gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          run.mutate();
        }}
      >
        {needsConnection && (
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
                value={connection}
                options={connections.map(({ id, name, account }) => ({
                  value: id,
                  label: account ? `${name} · ${account}` : name,
                }))}
                onChange={setAsked}
              />
            )}
          </Field>
        )}
        <ParameterForm
          parameters={endpoint.parameters}
          inputs={inputs}
          labels={labels}
          place={{ connector: document.key, endpoint: endpoint.key, connection }}
          roots={null}
          problems={problems}
          onChange={(next, { key, label }) => {
            setInputs(next);
            if (label !== undefined) setLabels({ ...labels, [key]: label });
          }}
        />
        {blocked && <p className="text-sm text-waiting-text">{blocked}</p>}
        {run.error && <ProblemLine text={explain(run.error).why} />}
        <Button type="submit" look="primary" className="self-start" busy={run.isPending} disabled={blocked !== null}>
          <Play aria-hidden="true" />
          Run test
        </Button>
      </form>
      <div className="flex min-w-0 flex-col gap-4">
        {result && <TestResultView result={result} />}
        {result?.passed && !readOnly && result.response && (
          <div className="flex items-center gap-3">
            <Button look="primary" busy={edit.saving} onClick={() => result.response && void pull(result.response.body)}>
              Pull parameters
            </Button>
            <span className="text-muted text-sm">makes the answer's fields known to flows</span>
          </div>
        )}
        {edit.problem && <ProblemLine text={edit.problem} />}
      </div>
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
