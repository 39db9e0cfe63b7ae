import type { ReactNode } from "react";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";

/** A line of text with its label, as the forms of a connector have many. */
export function TextField({
  label,
  value,
  onChange,
  help,
  error,
  counter,
  required = false,
  mono = false,
  secret = false,
  placeholder,
  maxLength,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  help?: ReactNode;
  error?: string | undefined;
  counter?: string | undefined;
  required?: boolean;
  /** For what is read letter by letter: addresses, names of keys. */
  mono?: boolean;
  secret?: boolean;
  placeholder?: string;
  maxLength?: number;
}) {
  return (
    <Field label={label} required={required} help={help} error={error} counter={counter}>
      {(control) => (
        <Input
          {...control}
          mono={mono}
          type={secret ? "password" : "text"}
          autoComplete="off"
          placeholder={placeholder}
          maxLength={maxLength}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
