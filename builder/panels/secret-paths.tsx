import { useState } from "react";
import { Field } from "../ui/field.tsx";
import { TextArea } from "../ui/input.tsx";

const mostPaths = 50;
const longestPath = 300;

/** Paths as lines; what is typed stays in sight, and only lines that say something are paths. */
export function SecretPaths({
  help,
  paths,
  error,
  disabled,
  onChange,
}: {
  help: string;
  paths: readonly string[];
  error: string | undefined;
  disabled: boolean;
  onChange: (paths: string[]) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const lines = linesOf(typed ?? "");
  const problem =
    lines.length > mostPaths
      ? `At most ${mostPaths} paths.`
      : lines.some((line) => line.length > longestPath)
        ? `A path has at most ${longestPath} characters.`
        : error;
  return (
    <Field label="Secret paths of its output" help={help} error={problem}>
      {(control) => (
        <TextArea
          {...control}
          mono
          spellCheck={false}
          disabled={disabled}
          placeholder="body.token"
          value={typed ?? paths.join("\n")}
          onBlur={() => setTyped(null)}
          onChange={({ target: { value } }) => {
            setTyped(value);
            const next = linesOf(value);
            if (next.length <= mostPaths && next.every((line) => line.length <= longestPath)) onChange(next);
          }}
        />
      )}
    </Field>
  );
}

function linesOf(text: string): string[] {
  return [...new Set(text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()])))];
}
