import { clsx } from "clsx";
import { ChevronDown } from "lucide-react";
import type { InputHTMLAttributes, Ref, SelectHTMLAttributes, TextareaHTMLAttributes } from "react";
import { inputStyle } from "./field.tsx";

type InputProps = InputHTMLAttributes<HTMLInputElement> & { mono?: boolean; ref?: Ref<HTMLInputElement> };

/** A line of text inside a `Field`. */
export function Input({ mono = false, className, ...rest }: InputProps) {
  return <input className={clsx(inputStyle, "h-8", mono && "font-mono text-xs", className)} {...rest} />;
}

type TextAreaProps = TextareaHTMLAttributes<HTMLTextAreaElement> & { mono?: boolean };

/** Several lines, as high as what is in them. */
export function TextArea({ mono = false, className, ...rest }: TextAreaProps) {
  return (
    <textarea
      className={clsx(inputStyle, "field-sizing-content min-h-16 resize-none py-1.5", mono && "font-mono text-xs", className)}
      {...rest}
    />
  );
}

export type Option<Value extends string> = { value: Value; label: string };

/** The platform's own list inside a `Field`; `empty` is what it says when nothing is chosen. */
export function Choice<Value extends string>({
  value,
  options,
  empty = "Choose",
  onChange,
  className,
  ...rest
}: Omit<SelectHTMLAttributes<HTMLSelectElement>, "value" | "onChange"> & {
  value: Value | null;
  options: readonly Option<Value>[];
  empty?: string;
  onChange: (value: Value) => void;
}) {
  return (
    <span className={clsx("relative flex h-8 min-w-0", className)}>
      <select
        className={clsx(inputStyle, "h-full appearance-none truncate pr-8")}
        value={value ?? ""}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen) onChange(chosen.value);
        }}
        {...rest}
      >
        {value === null && <option value="">{empty}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-muted"
      />
    </span>
  );
}
