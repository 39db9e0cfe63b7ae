import { useState } from "react";
import { fillUrl } from "../../../shared/connector/base-url.ts";
import type { BaseVariable } from "../../../shared/connector/base-variable.ts";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { Field } from "../../ui/field.tsx";
import { Choice, Input } from "../../ui/input.tsx";

/** Where a connection's calls go: a base URL of its own, or the values of the variables in the connector's. */
export type Place = { baseUrl: string; variables: Record<string, string> };
type Pattern = Pick<ConnectorDraft, "baseUrl" | "variables" | "auth">;

/** The fields in which a person says it. `problem` says what is wrong with `baseUrl` or `variables.<key>`. */
export function PlaceFields({
  connector,
  place,
  problem,
  onChange,
}: {
  connector: Pattern;
  place: Place;
  problem: (field: string) => string | undefined;
  onChange: (place: Place) => void;
}) {
  // Stays in sight until the field is left, also on its way through what counts as nothing.
  const [typed, setTyped] = useState<string | null>(null);
  const variables = askedVariables(connector);
  const own = place.baseUrl !== "" && place.baseUrl !== connector.baseUrl;
  const filled = fillUrl(connector.baseUrl, variables, place.variables);
  return (
    <>
      {variables.map((variable) => (
        <VariableField
          key={variable.key}
          variable={variable}
          value={place.variables[variable.key] ?? variable.default ?? ""}
          disabled={own}
          error={problem(`variables.${variable.key}`)}
          onChange={(value) => onChange({ ...place, variables: { ...place.variables, [variable.key]: value } })}
        />
      ))}
      <Field
        label="Base URL"
        error={problem("baseUrl")}
        help={
          variables.length === 0 || own
            ? "Must be https and within the host of the connector. Change it for another address of the same API."
            : "url" in filled
              ? "Calls of this connection go here."
              : "Fills in as you answer above."
        }
      >
        {(control) => (
          <Input
            {...control}
            mono
            value={typed ?? (own ? place.baseUrl : "url" in filled ? filled.url : connector.baseUrl)}
            onBlur={() => setTyped(null)}
            onChange={({ target: { value } }) => {
              setTyped(value);
              onChange({ ...place, baseUrl: value === connector.baseUrl ? "" : value });
            }}
          />
        )}
      </Field>
    </>
  );
}

/** The variables that a person is asked for: not those that the provider's token answer tells. */
export function askedVariables({ variables = [], auth }: Pattern): BaseVariable[] {
  const told = auth.kind === "oauth2" ? auth.metadata : {};
  return variables.filter(({ key }) => !Object.hasOwn(told, key));
}

/** The place as the server takes it; what was not changed is left out. */
export function placeBody(connector: Pattern, place: Place) {
  const asked = askedVariables(connector);
  const variables = Object.fromEntries(
    asked.flatMap(({ key, default: preset }) => {
      const value = place.variables[key] ?? preset;
      return value ? [[key, value]] : [];
    }),
  );
  return { ...(asked.length > 0 && { variables }), ...(place.baseUrl !== "" && { baseUrl: place.baseUrl }) };
}

function VariableField({
  variable: { key, label, description, values },
  value,
  disabled,
  error,
  onChange,
}: {
  variable: BaseVariable;
  value: string;
  disabled: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label} required help={description ?? `Stands for {${key}} in the base URL.`} error={error}>
      {(control) =>
        values ? (
          <Choice
            {...control}
            disabled={disabled}
            value={value === "" ? null : value}
            options={values.map((each) => ({ value: each, label: each }))}
            onChange={onChange}
          />
        ) : (
          <Input {...control} mono disabled={disabled} value={value} onChange={(event) => onChange(event.target.value)} />
        )
      }
    </Field>
  );
}
