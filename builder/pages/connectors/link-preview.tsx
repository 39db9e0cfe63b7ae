import { useQuery } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import { useState } from "react";
import { credentialFields } from "../../../shared/connector/auth-scheme.ts";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import type { DynamicLink } from "../../../shared/connector/parameter-link.ts";
import type { Json } from "../../../shared/json.ts";
import { connectionsQuery } from "../../api/queries.ts";
import { LinkedList } from "../../panels/linked-select-list.tsx";
import { useLinkOptions } from "../../panels/linked-select-query.ts";
import { ValueField } from "../../panels/value-field.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";

/** The list as people will see it, from the API itself, before the link is saved. */
export function LinkPreview({
  connector,
  endpoint,
  parameter,
  link,
}: {
  connector: ConnectorDraft;
  endpoint: Endpoint;
  parameter: Parameter;
  link: DynamicLink;
}) {
  const [shown, setShown] = useState(false);
  const isSaved = connector.endpoints.some(({ key }) => key === endpoint.key);
  if (!isSaved) return <p className="text-muted text-sm">Save the endpoint to see the list here.</p>;
  if (!shown)
    return (
      <Button className="self-start" onClick={() => setShown(true)}>
        <Eye aria-hidden="true" />
        Show the list
      </Button>
    );
  return <OpenPreview {...{ connector, endpoint, parameter, link }} />;
}

function OpenPreview({ connector, endpoint, parameter, link }: Parameters<typeof LinkPreview>[0]) {
  const { data } = useQuery(connectionsQuery(connector.key));
  const connections = data?.connections ?? [];
  const [asked, setAsked] = useState<string | null>(null);
  const [inputs, setInputs] = useState<Record<string, Json>>({});
  const [search, setSearch] = useState("");
  const [value, setValue] = useState<Json | undefined>(undefined);
  const needsConnection = credentialFields(connector.auth).length > 0;
  const connection = needsConnection ? (asked ?? connections[0]?.id ?? null) : null;
  const parents = endpoint.parameters.filter(({ key }) =>
    Object.values(link.args).some((argument) => "from" in argument && argument.from === key),
  );
  const list = useLinkOptions({
    parameter: parameter.key,
    link,
    place: { connector: connector.key, endpoint: endpoint.key, connection, inputs },
    search,
    value: undefined,
    wanted: data !== undefined,
    tried: true,
  });
  return (
    <section aria-label="Preview of the list" className="flex flex-col gap-4 border-line border-t pt-4">
      {needsConnection && (
        <Field label="Test connection" required>
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
      {parents.map(({ key, name, type }) => (
        <div key={key} data-parameter={key}>
          <ValueField
            label={name}
            type={type}
            value={inputs[key]}
            roots={null}
            onChange={(next) => {
              const { [key]: _, ...others } = inputs;
              setInputs(next === undefined ? others : { ...others, [key]: next });
            }}
          />
        </div>
      ))}
      <div className="rounded-card border border-line">
        <LinkedList
          parameter={parameter}
          link={link}
          list={list}
          value={value}
          search={search}
          onSearch={setSearch}
          onChoose={(option) => setValue(option.value)}
          onLeave={(to) => to.focus()}
        />
      </div>
    </section>
  );
}
