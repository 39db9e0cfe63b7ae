import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link2, Play } from "lucide-react";
import { useState } from "react";
import { credentialFields } from "../../../shared/connector/auth-scheme.ts";
import type { Assertion, Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import type { Json } from "../../../shared/json.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectionsQuery, connectorQuery } from "../../api/queries.ts";
import { testEndpoint } from "../../api/routes.ts";
import { ParameterForm } from "../../panels/parameter-form.tsx";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { notify } from "../../ui/toast.ts";
import { AssertionsEditor } from "./assertions-editor.tsx";
import { assertionProblem } from "./assertions-text.ts";
import type { LoadedConnector } from "./loaded-connector.ts";
import { responseKindOf } from "./response-kind.ts";
import { PullFromTest } from "./response-pull-from-test.tsx";
import { TestConnectionField } from "./test-connection-field.tsx";
import { sampleInputs } from "./test-plan.ts";
import { TestReferenceDialog } from "./test-reference-dialog.tsx";
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
  const [assertions, setAssertions] = useState<Assertion[]>(endpoint.test?.assertions ?? []);
  const [taking, setTaking] = useState<Parameter | null>(null);
  const { data: connectionData } = useQuery(connectionsQuery(document.key));
  const connections = connectionData?.connections ?? [];
  const [asked, setAsked] = useState<string | null>(null);
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
  const saved = endpoint.test ?? { inputs: {}, assertions: [] };
  const asserted = JSON.stringify(assertions) === JSON.stringify(saved.assertions);
  const unreadable = assertions.some((assertion) => assertionProblem(assertion, endpoint) !== null);
  const isSample = asserted && JSON.stringify(inputs) === JSON.stringify(saved.inputs);

  const save = (test: NonNullable<Endpoint["test"]>) =>
    edit.save({ edit: "endpoint", replaces: endpoint.key, endpoint: { ...endpoint, test } });
  async function saveSample(): Promise<void> {
    if (await save({ inputs, assertions })) notify("done", "Sample saved", "Tests begin with these inputs.");
  }
  /** A test checks the assertions that are saved, so they are saved before. */
  async function runTest(): Promise<void> {
    if (asserted || (await save({ ...saved, assertions }))) run.mutate();
  }

  return (
    <div className="grid max-w-content grid-cols-1 gap-8 px-2 pb-8 xl:grid-cols-2">
      <form
        // The server names what is missing, beside each field.
        noValidate
        className="flex min-w-0 flex-col gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          if (blocked === null && !unreadable) void runTest();
        }}
      >
        {needsConnection && (
          <TestConnectionField connector={document.key} connections={connections} value={connection} onChange={setAsked} />
        )}
        <ParameterForm
          parameters={endpoint.parameters}
          inputs={inputs}
          labels={labels}
          place={{ connector: document.key, endpoint: endpoint.key, connection, onConnection: setAsked }}
          roots={null}
          references
          problems={problems}
          onChange={(next, { key, label }) => {
            setInputs(next);
            if (label !== undefined) setLabels({ ...labels, [key]: label });
          }}
          actions={(parameter) =>
            document.endpoints.length > 1 && (
              <IconButton label={`Take ${parameter.name} from an earlier test`} onClick={() => setTaking(parameter)}>
                <Link2 aria-hidden="true" />
              </IconButton>
            )
          }
        />
        {!readOnly && <AssertionsEditor endpoint={endpoint} assertions={assertions} onChange={setAssertions} />}
        {blocked && <p className="text-sm text-waiting-text">{blocked}</p>}
        {run.error && <ProblemLine text={explain(run.error).why} />}
        {edit.problem && <ProblemLine text={edit.problem} />}
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" look="primary" busy={run.isPending || edit.saving} disabled={blocked !== null || unreadable}>
            <Play aria-hidden="true" />
            Run test
          </Button>
          {!readOnly && (
            <Button busy={edit.saving} disabled={isSample || unreadable} onClick={() => void saveSample()}>
              Save as sample
            </Button>
          )}
          {!asserted && <span className="text-muted text-xs">Running saves the assertions.</span>}
        </div>
      </form>
      <div className="flex min-w-0 flex-col gap-4">
        {result && (
          <TestResultView
            result={result}
            next={
              result.passed &&
              !readOnly &&
              result.response &&
              responseKindOf(result.response).kind === "json" && (
                <PullFromTest loaded={loaded} endpoint={endpoint} answer={result.response.body} onPulled={onPulled} />
              )
            }
          />
        )}
      </div>
      {taking && (
        <TestReferenceDialog
          connector={document}
          endpoint={endpoint}
          input={taking.name}
          onClose={() => setTaking(null)}
          onChoose={(reference) => {
            setInputs({ ...inputs, [taking.key]: reference });
            setTaking(null);
          }}
        />
      )}
    </div>
  );
}
