import { useState } from "react";
import type { DataRoot } from "./data-roots.ts";
import { DurationInput } from "./duration-input.tsx";
import { ValueField } from "./value-field.tsx";

/** The engine's, without its schema: that would bring all of zod with it. A test holds the two together. */
export const longestSpanMs = 366 * 86_400_000;
const longestTemplate = 2_000;

/** A length of time: a number with its unit, or an expression that gives milliseconds. */
export function SpanField({
  label,
  help = "At most 366 days. An expression gives milliseconds.",
  error,
  value,
  roots,
  disabled,
  onChange,
}: {
  label: string;
  help?: string;
  error?: string | undefined;
  value: number | string;
  roots: readonly DataRoot[];
  disabled: boolean;
  onChange: (span: number | string) => void;
}) {
  // An empty field is on its way to another value: the document keeps the one that it has.
  const [emptied, setEmptied] = useState<number | string | null>(null);
  const isEmpty = emptied === value;
  return (
    <ValueField
      label={label}
      help={help}
      type="integer"
      required
      value={isEmpty ? undefined : value}
      roots={roots}
      disabled={disabled}
      error={isEmpty ? "Enter how long." : error}
      onChange={(next) => {
        const span = typeof next === "number" ? next : String(next ?? "").slice(0, longestTemplate);
        const fits = span !== "" && (typeof span === "string" || (span >= 0 && span <= longestSpanMs));
        setEmptied(fits ? null : value);
        if (fits) onChange(span);
      }}
      fixed={(control) => (
        <DurationInput
          control={control}
          value={typeof value === "number" && !isEmpty ? value : null}
          maxMs={longestSpanMs}
          disabled={disabled}
          onChange={(ms) => {
            setEmptied(ms === null ? value : null);
            if (ms !== null) onChange(ms);
          }}
        />
      )}
    />
  );
}
