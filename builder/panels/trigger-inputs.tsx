import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Parameter } from "../../shared/connector/parameter.ts";
import type { TriggerField } from "../../shared/connector/trigger.ts";
import type { Json } from "../../shared/json.ts";
import { LinkedSelect } from "./linked-select.tsx";
import { ValueField } from "./value-field.tsx";

type Inputs = Readonly<Record<string, Json>>;

/** A trigger's form; a field that is filled in like an endpoint's parameter has that one's list. */
export function TriggerInputs({
  document,
  version,
  form,
  inputs,
  labels = {},
  connection,
  problems = {},
  disabled = false,
  onChange,
}: {
  document: ConnectorDraft;
  /** Of the connector, where it is not its draft. */
  version?: number | undefined;
  form: readonly TriggerField[];
  inputs: Inputs;
  /** What was shown when values of lists were chosen, by key. */
  labels?: Readonly<Record<string, string>>;
  /** Lists of values are fetched through it. */
  connection: string | null;
  /** By key, e.g. `inputs.team`. */
  problems?: Readonly<Record<string, string>>;
  disabled?: boolean;
  onChange: (inputs: Record<string, Json>, changed: { key: string; label: string | undefined }) => void;
}) {
  return form.map((field) => {
    const { key, like } = field;
    const parameter = parameterLike(document, field);
    const link = parameter?.link;
    const set = (value: Json | undefined, label?: string) => {
      const { [key]: _, ...others } = inputs;
      onChange(value === undefined ? others : { ...others, [key]: value }, { key, label });
    };
    return (
      <ValueField
        key={key}
        label={field.name}
        help={field.description}
        error={problems[`inputs.${key}`]}
        required={field.required && field.default === undefined}
        type={field.type}
        value={inputs[key]}
        roots={null}
        disabled={disabled}
        onChange={set}
        {...(parameter &&
          link && {
            fixed: (control) => (
              <LinkedSelect
                control={control}
                parameter={parameter}
                link={link}
                place={{ connector: document.key, endpoint: like?.endpoint ?? "", connection, version, inputs: { ...inputs } }}
                value={inputs[key]}
                shownAs={labels[key]}
                disabled={disabled}
                onChange={set}
              />
            ),
          })}
      />
    );
  });
}

function parameterLike({ endpoints }: ConnectorDraft, { like }: TriggerField): Parameter | undefined {
  if (!like) return undefined;
  return endpoints.find(({ key }) => key === like.endpoint)?.parameters.find(({ key }) => key === like.parameter);
}
