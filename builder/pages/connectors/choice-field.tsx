import type { ReactNode } from "react";
import { Field } from "../../ui/field.tsx";
import { Choice, type Option } from "../../ui/input.tsx";

/** One of a few, with its label. */
export function ChoiceField<Value extends string>({
  label,
  value,
  options,
  onChange,
  help,
  error,
  required = false,
  empty,
}: {
  label: string;
  value: Value | null;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
  help?: ReactNode;
  error?: string | undefined;
  required?: boolean;
  empty?: string;
}) {
  return (
    <Field label={label} required={required} help={help} error={error}>
      {(control) => (
        <Choice {...control} value={value} options={options} onChange={onChange} {...(empty !== undefined && { empty })} />
      )}
    </Field>
  );
}
