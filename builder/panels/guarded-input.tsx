import { useState } from "react";
import type { z } from "zod";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";

/** A text that is kept once its schema takes it: one that a document may not hold would keep all of the draft from being saved. */
export function GuardedInput({
  label,
  schema,
  value,
  error,
  mono = false,
  disabled,
  onChange,
}: {
  label: string;
  schema: z.ZodType<string>;
  value: string;
  error?: string | undefined;
  mono?: boolean;
  disabled: boolean;
  onChange: (value: string) => void;
}) {
  // What is typed in place of a value; it is forgotten when another one comes.
  const [typed, setTyped] = useState<{ text: string; over: string; problem: string } | null>(null);
  const pending = typed?.over === value ? typed : null;
  return (
    <Field label={label} error={pending?.problem ?? error} required>
      {(control) => (
        <Input
          {...control}
          mono={mono}
          disabled={disabled}
          value={pending?.text ?? value}
          onChange={({ target: { value: text } }) => {
            const { error: found } = schema.safeParse(text);
            setTyped(found ? { text, over: value, problem: found.issues[0]?.message ?? "cannot be read" } : null);
            if (!found) onChange(text);
          }}
        />
      )}
    </Field>
  );
}
