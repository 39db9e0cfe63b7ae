import type { FormField } from "../../shared/flow/form-field.ts";
import type { Json } from "../../shared/json.ts";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field, type FieldControl } from "../ui/field.tsx";
import { Choice, Input, TextArea } from "../ui/input.tsx";
import { NumberInput } from "../ui/number-input.tsx";

type Props = {
  field: FormField;
  value: Json | undefined;
  problem: string | undefined;
  large: boolean;
  onChange: (value: Json) => void;
};

/** One field of a form, as whoever fills it in sees it. `large`: for a thumb, and so that a phone does not zoom in. */
export function FilledField({ field, value, problem, large, onChange }: Props) {
  if (field.type === "yes-no")
    return (
      <div className={large ? "flex min-h-11 flex-col justify-center gap-1" : "flex flex-col gap-1"}>
        <Checkbox checked={value === true} onChange={onChange}>
          <span className="font-medium">{field.name}</span>
        </Checkbox>
        {(problem ?? field.description) && (
          <p className={`pl-6 text-xs ${problem ? "text-failed-text" : "text-muted"}`}>{problem ?? field.description}</p>
        )}
      </div>
    );
  return (
    <Field label={field.name} help={field.description} error={problem} required={field.required}>
      {(control) => <Control field={field} value={value} large={large} control={control} onChange={onChange} />}
    </Field>
  );
}

function Control({ field, value, large, control, onChange }: Omit<Props, "problem"> & { control: FieldControl }) {
  const className = large ? "h-11 text-base" : undefined;
  const text = typeof value === "string" ? value : "";
  switch (field.type) {
    case "long-text":
      return (
        <TextArea
          {...control}
          className={large ? "text-base" : undefined}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case "number":
      return (
        <NumberInput
          {...control}
          className={className}
          value={typeof value === "number" ? value : null}
          accepts={(next) => next === null || Number.isFinite(next)}
          onChange={onChange}
        />
      );
    case "choice":
      return (
        <Choice
          {...control}
          className={className}
          value={text === "" ? null : text}
          options={(field.options ?? []).map((option) => ({ value: option, label: option }))}
          onChange={onChange}
        />
      );
    default:
      return (
        <Input
          {...control}
          className={className}
          type={field.type === "date" ? "date" : "text"}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
