import { Plus, X } from "lucide-react";
import { useState } from "react";
import { withPathParameters } from "../../../shared/connector/apply-connector-edit.ts";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { type Endpoint, type HttpMethod, takesBody } from "../../../shared/connector/endpoint.ts";
import { headerNameProblem } from "../../../shared/connector/header-name.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import { withWrittenPath } from "../../../shared/connector/written-path.ts";
import { JsonInput } from "../../panels/json-input.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Choice, Input } from "../../ui/input.tsx";
import { TabPanel, Tabs } from "../../ui/tabs.tsx";
import { type ActionDraft, bodyParameters, bodyText } from "./action-draft.ts";
import { ParameterUses } from "./parameter-uses.tsx";

const methods: readonly HttpMethod[] = ["GET", "POST", "PATCH", "PUT", "DELETE"];
type Tab = "parameters" | "body" | "headers";

/** A call that the connector does not have yet: request type, URL with `{parameter}`s, parameters, body, headers. */
export function NewCall({
  document,
  draft,
  fieldProblem,
  onChange,
}: {
  document: ConnectorDraft;
  draft: ActionDraft;
  fieldProblem: (field: string) => string | undefined;
  onChange: (draft: ActionDraft) => void;
}) {
  const { endpoint } = draft;
  const [tab, setTab] = useState<Tab>("parameters");
  const [adding, setAdding] = useState("");
  const set = (next: Endpoint) => onChange({ ...draft, endpoint: next });
  const placed = (...places: Parameter["in"][]) => endpoint.parameters.filter((parameter) => places.includes(parameter.in));
  const hasBody = takesBody(endpoint.method);
  const open = tab === "body" && !hasBody ? "parameters" : tab;

  function addQuery(): void {
    const key = adding.trim();
    if (key === "" || placed("query").some((parameter) => parameter.key === key)) return;
    set({ ...endpoint, parameters: [...endpoint.parameters, { key, name: key, in: "query", type: "string", required: false }] });
    setAdding("");
  }

  return (
    <div className="flex flex-col gap-4">
      <div className="grid grid-cols-[8rem_minmax(0,1fr)] gap-4">
        <Field label="Request Type" required>
          {(control) => (
            <Choice
              {...control}
              value={endpoint.method}
              options={methods.map((method) => ({ value: method, label: method }))}
              onChange={(method) => set(withoutBody({ ...endpoint, method }))}
            />
          )}
        </Field>
        <Field
          label="API Endpoint URL"
          required
          help={`After ${document.baseUrl || "the base URL"}. Write {parameter} for what changes from call to call.`}
          error={fieldProblem("endpoint.path")}
        >
          {(control) => (
            <Input
              {...control}
              mono
              value={endpoint.path}
              onChange={(event) => set(withPathParameters({ ...endpoint, path: event.target.value }))}
              onBlur={() => set(withPathParameters(withWrittenPath(endpoint, document.baseUrl)))}
            />
          )}
        </Field>
      </div>
      <Tabs
        label="Request"
        inset="none"
        value={open}
        onChange={setTab}
        tabs={[
          { value: "parameters", label: "Parameters (Optional)", count: placed("path", "query").length || undefined },
          ...(hasBody ? [{ value: "body", label: "Body (Optional)", count: placed("body").length || undefined } as const] : []),
          { value: "headers", label: "Headers (Optional)", count: placed("header").length || undefined },
        ]}
      >
        <TabPanel value="parameters" flush>
          <div className="flex flex-col gap-3">
            <ParameterUses draft={draft} parameters={placed("path", "query")} onChange={onChange} />
            <form
              className="flex items-center gap-2"
              onSubmit={(event) => {
                event.preventDefault();
                addQuery();
              }}
            >
              <Input
                aria-label="Name of a query parameter"
                placeholder="Query parameter"
                mono
                className="max-w-60"
                maxLength={120}
                value={adding}
                onChange={(event) => setAdding(event.target.value)}
              />
              <Button type="submit" disabled={adding.trim() === ""}>
                <Plus aria-hidden="true" />
                Add
              </Button>
            </form>
          </div>
        </TabPanel>
        <TabPanel value="body" flush>
          <BodyTab draft={draft} onChange={onChange} />
        </TabPanel>
        <TabPanel value="headers" flush>
          <Headers endpoint={endpoint} onChange={set} />
        </TabPanel>
      </Tabs>
    </div>
  );
}

/** RFC 9110, 9.3.1: a GET has no body, so what was written there goes with the change of method. */
function withoutBody(endpoint: Endpoint): Endpoint {
  if (takesBody(endpoint.method)) return endpoint;
  return { ...endpoint, parameters: endpoint.parameters.filter((parameter) => parameter.in !== "body") };
}

function BodyTab({ draft, onChange }: { draft: ActionDraft; onChange: (draft: ActionDraft) => void }) {
  const { endpoint } = draft;
  const [refused, setRefused] = useState(false);
  const fields = endpoint.parameters.filter((parameter) => parameter.in === "body");
  const written = bodyText(fields);
  return (
    <div className="flex flex-col gap-4">
      <JsonInput
        label="JSON body"
        help={'A value written as "{name}" is a parameter; any other value is sent as it is.'}
        error={refused ? 'The body must be a JSON object, e.g. {"email": "{email}"}.' : undefined}
        value={written === "" ? undefined : JSON.parse(written)}
        roots={null}
        disabled={false}
        onChange={(body) => {
          const next = body === undefined ? [] : bodyParameters(body);
          setRefused(next === null);
          if (!next) return;
          const others = endpoint.parameters.filter((parameter) => parameter.in !== "body");
          onChange({ ...draft, endpoint: { ...endpoint, parameters: [...others, ...next] } });
        }}
      />
      {fields.length > 0 && <ParameterUses draft={draft} parameters={fields} onChange={onChange} />}
    </div>
  );
}

function Headers({ endpoint, onChange }: { endpoint: Endpoint; onChange: (endpoint: Endpoint) => void }) {
  const [name, setName] = useState("");
  const headers = endpoint.parameters.filter((parameter) => parameter.in === "header");
  const problem = name === "" ? null : headerNameProblem(name);
  const change = (key: string, value: string) =>
    onChange({
      ...endpoint,
      parameters: endpoint.parameters.map((each) =>
        each.in === "header" && each.key === key ? { ...each, default: value } : each,
      ),
    });
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted text-sm">Besides the standard headers and those of the authentication.</p>
      {headers.map(({ key, default: value }) => (
        <div key={key} className="flex items-center gap-2">
          <code className="w-48 shrink-0 truncate font-mono text-xs">{key}</code>
          <Input
            aria-label={`Value of ${key}`}
            mono
            value={typeof value === "string" ? value : ""}
            onChange={(event) => change(key, event.target.value)}
          />
          <IconButton
            label={`Remove ${key}`}
            onClick={() =>
              onChange({
                ...endpoint,
                parameters: endpoint.parameters.filter((each) => each.in !== "header" || each.key !== key),
              })
            }
          >
            <X aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      <form
        className="flex items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (name === "" || problem !== null || headers.some(({ key }) => key.toLowerCase() === name.toLowerCase())) return;
          const header: Parameter = { key: name, name, in: "header", type: "string", required: false };
          onChange({ ...endpoint, parameters: [...endpoint.parameters, header] });
          setName("");
        }}
      >
        <div className="w-60">
          <Field label="Header" error={problem ?? undefined}>
            {(control) => (
              <Input {...control} mono maxLength={128} value={name} onChange={(event) => setName(event.target.value.trim())} />
            )}
          </Field>
        </div>
        <Button type="submit" className="mt-6.5" disabled={name === "" || problem !== null}>
          <Plus aria-hidden="true" />
          Add
        </Button>
      </form>
    </div>
  );
}
