import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { TriggerField } from "../../../shared/connector/trigger.ts";
import type { Json } from "../../../shared/json.ts";
import { LinkedSelect } from "../../panels/linked-select.tsx";
import { ValueField } from "../../panels/value-field.tsx";

/** A trigger's form as whoever uses it sees it. */
export function TriggerInputs({
  document,
  form,
  inputs,
  connection,
  onChange,
}: {
  document: ConnectorDraft;
  form: readonly TriggerField[];
  inputs: Readonly<Record<string, Json>>;
  /** Lists of values are fetched through it. */
  connection: string | null;
  onChange: (inputs: Record<string, Json>) => void;
}) {
  if (form.length === 0) return null;
  return (
    <>
      {form.map((field) => {
        const { key, like } = field;
        const set = (value: Json | undefined) => {
          const { [key]: _, ...others } = inputs;
          onChange(value === undefined ? others : { ...others, [key]: value });
        };
        const parameter = document.endpoints
          .find((endpoint) => endpoint.key === like?.endpoint)
          ?.parameters.find((each) => each.key === like?.parameter);
        const link = parameter?.link;
        return (
          <ValueField
            key={key}
            label={field.name}
            help={field.description}
            required={field.required && field.default === undefined}
            type={field.type}
            value={inputs[key]}
            roots={null}
            onChange={set}
            {...(parameter &&
              link && {
                fixed: (control) => (
                  <LinkedSelect
                    control={control}
                    parameter={parameter}
                    link={link}
                    place={{ connector: document.key, endpoint: like?.endpoint ?? "", connection, inputs }}
                    value={inputs[key]}
                    shownAs={undefined}
                    disabled={false}
                    onChange={set}
                  />
                ),
              })}
          />
        );
      })}
    </>
  );
}
