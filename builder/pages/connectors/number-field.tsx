import type { ReactNode } from "react";
import { Field } from "../../ui/field.tsx";
import { NumberInput } from "../../ui/number-input.tsx";

/** A number within limits, with its label. */
export function NumberField({
  label,
  value,
  min,
  max,
  help,
  required = false,
  onChange,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  help?: ReactNode;
  required?: boolean;
  onChange: (value: number) => void;
}) {
  return (
    <Field label={label} required={required} help={help}>
      {(control) => (
        <NumberInput
          {...control}
          value={value}
          accepts={(next) => next !== null && next >= min && next <= max}
          onChange={(next) => next !== null && onChange(next)}
        />
      )}
    </Field>
  );
}
