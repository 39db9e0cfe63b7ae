import type { ReactNode } from "react";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { DataRoot } from "../../panels/data-roots.ts";
import { InsertContext, useNewInsertTarget } from "../../panels/insert-target.ts";
import { ParameterForm } from "../../panels/parameter-form.tsx";
import { copyText } from "../../ui/copy-button.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";
import { notify } from "../../ui/toast.ts";
import type { CallDraft } from "./webhook-draft.ts";

const none = "";

/** A call that the connector makes of its own accord: an endpoint, and what each of its parameters is filled in with. */
export function HookCall<Call extends CallDraft>({
  label,
  help,
  connector,
  endpoints,
  call,
  templates,
  optional,
  problem,
  field,
  onChange,
  children,
}: {
  label: string;
  help?: ReactNode;
  connector: ConnectorDraft;
  endpoints: readonly Endpoint[];
  call: Call;
  /** What inputs may name, e.g. `{{hook.url}}`. */
  templates: readonly DataRoot[];
  /** What is said where no endpoint has to be chosen. */
  optional?: string;
  /** What is wrong, by field of the edit. */
  problem: Readonly<Record<string, string>>;
  /** Of the edit, e.g. `webhook.resthook.subscribe`. */
  field: string;
  onChange: (call: Call) => void;
  /** Beside an endpoint that was chosen. */
  children?: (endpoint: Endpoint) => ReactNode;
}) {
  const target = useNewInsertTarget(field);
  const endpoint = connector.endpoints.find(({ key }) => key === call.endpoint);
  const options = endpoints.map(({ key, name, method, path }) => ({ value: key, label: `${name} · ${method} ${path}` }));
  const gone = call.endpoint !== null && !endpoints.some(({ key }) => key === call.endpoint);
  return (
    <div className="flex flex-col gap-4">
      <Field label={label} help={help} error={problem[`${field}.endpoint`]} required={optional === undefined}>
        {(control) => (
          <Choice
            {...control}
            value={call.endpoint ?? (optional === undefined ? null : none)}
            empty="Choose an endpoint"
            options={[
              ...(optional === undefined ? [] : [{ value: none, label: optional }]),
              ...(gone ? [{ value: call.endpoint ?? none, label: `${endpoint?.name ?? call.endpoint} (cannot be used)` }] : []),
              ...options,
            ]}
            onChange={(key) => onChange({ ...call, endpoint: key === none ? null : key, inputs: {} })}
          />
        )}
      </Field>
      {endpoint && (
        <div className="flex flex-col gap-4 border-line border-l-2 pl-4">
          <InsertContext value={target}>
            {endpoint.parameters.length > 0 && <Templates templates={templates} insert={target.insert} />}
            <ParameterForm
              key={endpoint.key}
              parameters={endpoint.parameters}
              inputs={call.inputs}
              place={{ connector: connector.key, endpoint: endpoint.key, connection: null }}
              roots={templates}
              pathsOnly
              problems={inputProblems(problem, `${field}.inputs`, endpoint)}
              onChange={(inputs) => onChange({ ...call, inputs })}
            />
          </InsertContext>
          {children?.(endpoint)}
        </div>
      )}
    </div>
  );
}

/** By parameter; a problem deep in a value is one of its parameter. */
function inputProblems(
  problems: Readonly<Record<string, string>>,
  field: string,
  { parameters }: Endpoint,
): Record<string, string> {
  const found = Object.entries(problems).flatMap(([name, message]) => {
    const parameter = parameters.find(({ key }) => name === `${field}.${key}` || name.startsWith(`${field}.${key}.`));
    return parameter ? [[parameter.key, message] as const] : [];
  });
  return Object.fromEntries(found);
}

/** What may be filled in: a click puts it into the field that was used last. */
export function Templates({ templates, insert }: { templates: readonly DataRoot[]; insert: (path: string) => boolean }) {
  const paths = templates.flatMap(({ source, tree }) =>
    tree.children.length === 0 ? [source] : tree.children.map(({ name }) => `${source}.${name}`),
  );
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-muted text-xs">Filled in when the call is made; a click puts it into the field that was used last:</p>
      <ul aria-label="What may be filled in" className="flex flex-wrap gap-1">
        {paths.map((path) => (
          <li key={path}>
            <button
              type="button"
              // The field keeps the keyboard: its caret says where the text goes.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => {
                if (insert(path)) return;
                void copyText(`{{${path}}}`).then(() => notify("done", "Copied", "Click into a field first to put it there."));
              }}
              className="h-7 rounded-small border border-line bg-raised px-1.5 font-mono text-xs hover:bg-hover"
            >
              {`{{${path}}}`}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
