import { actionParameters } from "../../shared/connector/action-call.ts";
import { credentialFields } from "../../shared/connector/auth-scheme.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { effectOf } from "../../shared/connector/endpoint.ts";
import type { Parameter } from "../../shared/connector/parameter.ts";
import type { CallNode } from "../../shared/flow/node.ts";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field } from "../ui/field.tsx";
import { Choice } from "../ui/input.tsx";
import { NumberInput } from "../ui/number-input.tsx";
import { CallPolicy } from "./call-policy.tsx";
import { ConnectionField } from "./connection-field.tsx";
import type { NodeFormProps } from "./node-form-props.ts";
import { ParameterForm } from "./parameter-form.tsx";

/** One call: through which connection, and with which inputs. */
export function CallForm({ node, context, roots, problems, disabled, onChange }: NodeFormProps<CallNode>) {
  const connector = context.connectors.get(node.connector);
  if (!connector)
    return <p className="text-muted text-sm">The connector “{node.connector}” is being loaded, or does not exist.</p>;
  const endpoint = connector.endpoints.find(({ key }) => key === node.endpoint);
  const action = connector.actions?.find(({ key }) => key === node.action);
  const parameters = endpoint && action ? actionParameters(action, endpoint) : (endpoint?.parameters ?? []);
  return (
    <div className="flex flex-col gap-6">
      {action ? (
        <Field label="Action" help={action.description} error={problems.action} required>
          {(control) => (
            <Choice
              {...control}
              disabled={disabled}
              value={action.key}
              options={(connector.actions ?? []).map(({ key, name }) => ({ value: key, label: name }))}
              onChange={(chosen) => onChange(withAction(node, connector, chosen))}
            />
          )}
        </Field>
      ) : (
        <Field label="Endpoint" help={endpoint?.description} error={problems.endpoint ?? problems.action} required>
          {(control) => (
            <Choice
              {...control}
              disabled={disabled}
              value={node.endpoint}
              options={[
                ...(endpoint ? [] : [{ value: node.endpoint, label: `${node.endpoint} (not there any more)` }]),
                ...connector.endpoints.map(({ key, name, method }) => ({ value: key, label: `${name} · ${method}` })),
              ]}
              onChange={(chosen) => {
                const { action: _, ...plain } = node;
                onChange({ ...plain, endpoint: chosen });
              }}
            />
          )}
        </Field>
      )}
      {credentialFields(connector.auth).length > 0 && (
        <ConnectionField
          connector={connector}
          connections={context.connections.filter((each) => each.connector.key === node.connector)}
          value={node.connection}
          error={problems.connection}
          disabled={disabled}
          onChange={(connection) => onChange({ ...node, connection })}
        />
      )}
      {endpoint && (
        <ParameterForm
          key={`${endpoint.key} ${node.action ?? ""}`}
          parameters={parameters}
          inputs={node.inputs}
          labels={node.labels ?? {}}
          place={{
            connector: node.connector,
            endpoint: node.endpoint,
            connection: node.connection,
            version: context.used[node.connector],
            ...(!disabled && { onConnection: (connection: string) => onChange({ ...node, connection }) }),
          }}
          roots={roots}
          problems={inputProblems(problems, parameters)}
          disabled={disabled}
          onChange={(inputs, { key, label }) => {
            const { [key]: _, ...others } = node.labels ?? {};
            const labels = label === undefined ? others : { ...others, [key]: label };
            onChange({ ...node, inputs, labels }, `inputs.${key}`);
          }}
        />
      )}
      {endpoint && (endpoint.pagination || node.allPages) && (
        <AllPages node={node} error={problems.allPages} disabled={disabled} onChange={onChange} />
      )}
    </div>
  );
}

function withAction(node: CallNode, connector: ConnectorDraft, key: string): CallNode {
  const chosen = connector.actions?.find((action) => action.key === key);
  return chosen ? { ...node, action: key, endpoint: chosen.endpoint } : node;
}

const usualPages = 10;

/** The endpoint gives a list page by page: one of them, or all up to a cap. */
function AllPages({
  node,
  error,
  disabled,
  onChange,
}: {
  node: CallNode;
  error: string | undefined;
  disabled: boolean;
  onChange: (node: CallNode, group?: string) => void;
}) {
  const { allPages, ...one } = node;
  return (
    <div className="flex flex-col gap-3">
      <Checkbox
        checked={allPages !== undefined}
        disabled={disabled}
        onChange={(all) => onChange(all ? { ...node, allPages: { maxPages: usualPages } } : one)}
      >
        Fetch all pages
      </Checkbox>
      {allPages && (
        <Field label="At most so many pages" help="From 1 to 100. The step says when there were more." error={error}>
          {(control) => (
            <NumberInput
              {...control}
              disabled={disabled}
              className="w-28!"
              value={allPages.maxPages}
              accepts={(pages) => pages !== null && Number.isInteger(pages) && pages >= 1 && pages <= 100}
              onChange={(pages) => onChange({ ...node, allPages: { maxPages: pages ?? usualPages } }, "pages")}
            />
          )}
        </Field>
      )}
    </div>
  );
}

/** What the API's endpoint says of a second request, and the limits of its calls. */
export function CallAdvanced({ node, context, disabled, onChange }: NodeFormProps<CallNode>) {
  const endpoint = context.connectors.get(node.connector)?.endpoints.find(({ key }) => key === node.endpoint);
  const unsafe = endpoint !== undefined && effectOf(endpoint) === "unsafe";
  return <CallPolicy node={node} unsafe={unsafe} disabled={disabled} onChange={onChange} />;
}

/** By parameter key: problems name fields as `inputs.<key>`, or a place inside of it. */
function inputProblems(problems: Readonly<Record<string, string>>, parameters: readonly Parameter[]): Record<string, string> {
  const found = parameters.flatMap(({ key }) => {
    const place = Object.keys(problems).find((field) => field === `inputs.${key}` || field.startsWith(`inputs.${key}.`));
    return place === undefined ? [] : [[key, problems[place] ?? ""] as const];
  });
  return Object.fromEntries(found);
}
