import { useState } from "react";
import { formProblems } from "../../../shared/flow/check-form.ts";
import type { FormField } from "../../../shared/flow/form-field.ts";
import type { Json } from "../../../shared/json.ts";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice, Input, TextArea } from "../../ui/input.tsx";

type Values = Record<string, Json>;

/** The form of a flow's trigger. What is wrong is said once a person has asked to run it. */
export function RunForm({
  id,
  fields,
  given = {},
  onRun,
}: {
  id: string;
  fields: readonly FormField[];
  /** What it begins with; other fields than its own are left out. */
  given?: Values;
  onRun: (body: Values) => void;
}) {
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(Object.entries(given).filter(([key]) => fields.some((field) => field.key === key))),
  );
  const [asked, setAsked] = useState(false);
  const problems = new Map((asked ? formProblems(fields, values) : []).map(({ field, message }) => [field, message]));
  function set(key: string, value: Json | undefined): void {
    const { [key]: _, ...others } = values;
    setValues(value === undefined ? others : { ...others, [key]: value });
  }
  return (
    <form
      id={id}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (formProblems(fields, values).length === 0) onRun(values);
      }}
    >
      {fields.map((field) => (
        <FormInput
          key={field.key}
          field={field}
          value={values[field.key]}
          error={problems.get(field.key)}
          onChange={(value) => set(field.key, value)}
        />
      ))}
    </form>
  );
}

function FormInput({
  field,
  value,
  error,
  onChange,
}: {
  field: FormField;
  value: Json | undefined;
  error: string | undefined;
  onChange: (value: Json | undefined) => void;
}) {
  const { name, description, required, type } = field;
  const text = value === undefined ? "" : String(value);
  const setText = (next: string) => onChange(next === "" ? undefined : next);
  if (type === "yes-no")
    return (
      <Checkbox checked={value === true} onChange={onChange}>
        {name}
      </Checkbox>
    );
  return (
    <Field label={name} help={description} error={error} required={required}>
      {(control) => {
        if (type === "long-text") return <TextArea {...control} value={text} onChange={({ target }) => setText(target.value)} />;
        if (type === "choice")
          return (
            <Choice
              {...control}
              value={value === undefined ? null : text}
              options={(field.options ?? []).map((option) => ({ value: option, label: option }))}
              onChange={setText}
            />
          );
        return (
          <Input
            {...control}
            type={type === "date" ? "date" : "text"}
            inputMode={type === "number" ? "decimal" : undefined}
            value={text}
            onChange={({ target }) => onChange(type === "number" ? numberIn(target.value) : target.value || undefined)}
          />
        );
      }}
    </Field>
  );
}

/** What is on its way to a number stays as it was typed, and the check names it. */
function numberIn(text: string): Json | undefined {
  if (text.trim() === "") return undefined;
  return String(Number(text)) === text.trim() ? Number(text) : text;
}
