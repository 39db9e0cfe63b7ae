import { type ReactNode, useState } from "react";
import type { DataRoot } from "./data-roots.ts";
import { ValueField } from "./value-field.tsx";

/**
 * A text that may hold templates. One that a document must have is not taken away: while its field is empty the document keeps the last,
 * because it could not be saved without.
 */
export function TemplateField({
  label,
  help,
  error,
  value,
  maxLength,
  optional = false,
  roots,
  disabled,
  action,
  onChange,
}: {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  value: string;
  maxLength: number;
  optional?: boolean;
  roots: readonly DataRoot[] | null;
  disabled: boolean;
  action?: ReactNode;
  onChange: (text: string) => void;
}) {
  // What is typed in place of a value; it is forgotten when another one comes.
  const [typed, setTyped] = useState<{ text: string; over: string; problem: string } | null>(null);
  const pending = typed?.over === value ? typed : null;
  return (
    <ValueField
      label={label}
      help={help}
      required={!optional}
      error={pending?.problem ?? error}
      type="string"
      value={(pending?.text ?? value) || undefined}
      roots={roots}
      disabled={disabled}
      action={action}
      onChange={(next) => {
        const text = typeof next === "string" ? next : next === undefined ? "" : JSON.stringify(next);
        const problem = text === "" && !optional ? "This cannot be empty." : tooLong(text, maxLength);
        setTyped(problem === null ? null : { text, over: value, problem });
        if (problem === null) onChange(text);
      }}
    />
  );
}

function tooLong(text: string, most: number): string | null {
  return text.length > most ? `At most ${most.toLocaleString("en")} characters.` : null;
}
