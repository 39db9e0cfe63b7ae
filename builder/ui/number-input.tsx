import { type InputHTMLAttributes, useState } from "react";
import { Input } from "./input.tsx";

/**
 * A number inside a `Field`, null when it is empty. What is typed stays in sight until the field is left, and only what `accepts`
 * allows is given on, so that a number may pass through others on its way.
 */
export function NumberInput({
  value,
  accepts,
  onChange,
  ...rest
}: Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange" | "onBlur" | "type"> & {
  value: number | null;
  accepts: (value: number | null) => boolean;
  onChange: (value: number | null) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? (value === null ? "" : String(value));
  const wrong = !accepts(numberIn(text));
  return (
    <Input
      inputMode="decimal"
      {...rest}
      aria-invalid={wrong || rest["aria-invalid"]}
      value={text}
      onBlur={() => setTyped(null)}
      onChange={(event) => {
        setTyped(event.target.value);
        const next = numberIn(event.target.value);
        if (accepts(next)) onChange(next);
      }}
    />
  );
}

/** NaN for what is no number. */
function numberIn(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
