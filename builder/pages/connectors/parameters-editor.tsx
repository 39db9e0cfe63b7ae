import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { type Endpoint, takesBody } from "../../../shared/connector/endpoint.ts";
import type { Parameter, ParameterPlace } from "../../../shared/connector/parameter.ts";
import type { ParameterLink } from "../../../shared/connector/parameter-link.ts";
import { suggestLinks } from "../../../shared/connector/suggest-links.ts";
import { Button } from "../../ui/button.tsx";
import { BodyFields } from "./body-fields.tsx";
import { bodyKindOf, isWhole } from "./body-kind.ts";
import { StandardHeaders } from "./endpoint-headers.tsx";
import { EnumerateDialog } from "./enumerate-dialog.tsx";
import { LinkDialog } from "./link-dialog.tsx";
import { ParameterDialog } from "./parameter-dialog.tsx";
import { ParameterRow } from "./parameter-row.tsx";

const places: readonly { place: ParameterPlace; label: string; one: string; empty: string }[] = [
  { place: "path", label: "Path", one: "path", empty: "None: write :id or {id} in the path to add one." },
  { place: "query", label: "Query", one: "query", empty: "None." },
  { place: "header", label: "Headers", one: "header", empty: "None besides the standard headers." },
  { place: "cookie", label: "Cookies", one: "cookie", empty: "None." },
  { place: "body", label: "Body", one: "body", empty: "None." },
];

type Open = { dialog: "edit" | "enumerate" | "link"; index: number } | { dialog: "add"; place: ParameterPlace } | null;

/** The declared inputs of an endpoint by their place; links are saved at once, everything else with the endpoint. */
export function ParametersEditor({
  connector,
  endpoint,
  disabled,
  fieldProblem,
  onChange,
  onLinked,
}: {
  connector: ConnectorDraft;
  endpoint: Endpoint;
  disabled: boolean;
  fieldProblem: (field: string) => string | undefined;
  onChange: (endpoint: Endpoint) => void;
  onLinked: (endpoint: Endpoint) => void;
}) {
  const [open, setOpen] = useState<Open>(null);
  const set = (index: number, parameter: Parameter) => ({
    ...endpoint,
    parameters: endpoint.parameters.map((each, at) => (at === index ? parameter : each)),
  });
  const body = bodyKindOf(endpoint);
  const whole = isWhole(body) && keysIn(endpoint, "body").length > 0;
  const suggestions = useMemo(
    () => (disabled ? [] : suggestLinks(connector.endpoints, endpoint)),
    [disabled, connector.endpoints, endpoint],
  );
  const close = () => setOpen(null);
  const chosen = open !== null && "index" in open ? endpoint.parameters[open.index] : undefined;
  const link = (index: number, next: ParameterLink | undefined) => {
    const { link: _, ...rest } = endpoint.parameters[index] ?? newParameter("query");
    onLinked(set(index, next ? { ...rest, link: next } : rest));
    close();
  };
  return (
    <div className="flex flex-col gap-6">
      {places
        .filter(({ place }) => place !== "body" || takesBody(endpoint.method) || keysIn(endpoint, "body").length > 0)
        // Where nothing can be added, a place without parameters says nothing.
        .filter(({ place }) => !disabled || endpoint.parameters.some((parameter) => parameter.in === place))
        .map(({ place, label, one, empty }) => (
          <section key={place} aria-label={`${label} parameters`} className="flex flex-col gap-2">
            <div className="flex h-8 items-center">
              <h3 className="flex-1 font-semibold text-sm">{label}</h3>
              {place !== "path" && !disabled && !(place === "body" && (whole || !takesBody(endpoint.method))) && (
                <Button look="quiet" size="small" onClick={() => setOpen({ dialog: "add", place })}>
                  <Plus aria-hidden="true" />
                  Add {one} parameter
                </Button>
              )}
            </div>
            {place === "body" && !disabled && <BodyFields endpoint={endpoint} fieldProblem={fieldProblem} onChange={onChange} />}
            <ul className="divide-y divide-line rounded-card border border-line empty:hidden">
              {endpoint.parameters.map(
                (parameter, index) =>
                  parameter.in === place && (
                    <ParameterRow
                      key={parameter.key}
                      parameter={parameter}
                      disabled={disabled}
                      onEdit={() => setOpen({ dialog: "edit", index })}
                      onEnumerate={() => setOpen({ dialog: "enumerate", index })}
                      onLink={() => setOpen({ dialog: "link", index })}
                      onUnlink={() => link(index, undefined)}
                      suggestion={suggestions.find((each) => each.parameter === parameter.key)}
                      onSuggested={(suggested) => link(index, suggested.link)}
                      onRemove={() => onChange({ ...endpoint, parameters: endpoint.parameters.filter((_, at) => at !== index) })}
                    />
                  ),
              )}
            </ul>
            {endpoint.parameters.every((parameter) => parameter.in !== place) && <p className="text-muted text-sm">{empty}</p>}
          </section>
        ))}
      <StandardHeaders endpoint={endpoint} />
      {open?.dialog === "add" && (
        <ParameterDialog
          parameter={newParameter(open.place)}
          body={body}
          taken={keysIn(endpoint, open.place)}
          onClose={close}
          onSave={(parameter) => {
            onChange({ ...endpoint, parameters: [...endpoint.parameters, parameter] });
            close();
          }}
        />
      )}
      {open !== null && "index" in open && chosen && (
        <>
          {open.dialog === "edit" && (
            <ParameterDialog
              parameter={chosen}
              body={body}
              taken={keysIn(endpoint, chosen.in).filter((key) => key !== chosen.key)}
              onClose={close}
              onSave={(parameter) => {
                onChange(set(open.index, parameter));
                close();
              }}
            />
          )}
          {open.dialog === "enumerate" && (
            <EnumerateDialog parameter={chosen} onClose={close} onSave={(next) => link(open.index, next)} />
          )}
          {open.dialog === "link" && (
            <LinkDialog
              connector={connector}
              endpoint={endpoint}
              parameter={chosen}
              onClose={close}
              onSave={(next) => link(open.index, next)}
            />
          )}
        </>
      )}
    </div>
  );
}

function newParameter(place: ParameterPlace): Parameter {
  return { key: "", name: "", in: place, type: "string", required: false };
}

function keysIn(endpoint: Endpoint, place: ParameterPlace): string[] {
  return endpoint.parameters.filter((parameter) => parameter.in === place).map(({ key }) => key);
}
