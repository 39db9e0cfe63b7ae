import { useState } from "react";
import { TextField } from "./text-field.tsx";

/** Several words as one line, separated by commas; the line stays as it is typed. */
export function WordsField({
  label,
  help,
  words,
  error,
  onChange,
}: {
  label: string;
  help: string;
  words: readonly string[];
  error: string | undefined;
  onChange: (words: string[]) => void;
}) {
  const [text, setText] = useState(() => words.join(", "));
  return (
    <TextField
      label={label}
      mono
      help={help}
      error={error}
      value={text}
      onChange={(next) => {
        setText(next);
        onChange(next.split(",").flatMap((word) => word.trim() || []));
      }}
    />
  );
}
