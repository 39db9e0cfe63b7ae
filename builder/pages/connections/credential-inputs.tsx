import type { ReactNode } from "react";
import type { CredentialField } from "../../../shared/connector/credential-field.ts";
import { Field } from "../../ui/field.tsx";
import { Input, TextArea } from "../../ui/input.tsx";

/** What the connector asks of a person who connects. Secrets go in and never come back. */
export function CredentialInputs({
  fields,
  values,
  required,
  help,
  placeholder,
  problem,
  onChange,
}: {
  fields: readonly CredentialField[];
  values: Record<string, string>;
  /** Whether each must be filled in, unless it is optional; a stored one may be left as it is. */
  required: boolean;
  help?: (field: CredentialField) => ReactNode;
  placeholder?: (field: CredentialField) => string | undefined;
  problem: (field: string) => string | undefined;
  onChange: (values: Record<string, string>) => void;
}) {
  return fields.map((field) => (
    <Field
      key={field.key}
      label={field.label}
      required={required && !field.optional}
      help={help?.(field)}
      error={problem(`credentials.${field.key}`)}
    >
      {(control) => {
        const input = {
          ...control,
          placeholder: placeholder?.(field),
          value: values[field.key] ?? "",
          onChange: ({ target }: { target: { value: string } }) => onChange({ ...values, [field.key]: target.value }),
        };
        // A key in PEM has lines, which a password field would drop.
        return field.multiline ? (
          <TextArea {...input} mono spellCheck={false} autoComplete="off" className="max-h-40" />
        ) : (
          <Input {...input} type={field.secret ? "password" : "text"} autoComplete="off" />
        );
      }}
    </Field>
  ));
}
