import { Upload } from "lucide-react";
import { useId, useState } from "react";
import type { FileValue } from "../../shared/connector/parameter.ts";
import type { Json } from "../../shared/json.ts";
import { base64Of } from "../ui/base64-of.ts";
import { Button } from "../ui/button.tsx";
import type { FieldControl } from "../ui/field.tsx";
import { formatSize } from "../ui/format-size.ts";
import { TextArea } from "../ui/input.tsx";

/** A larger one would not fit in what the server takes of a document. */
const mostBytes = 1_000_000;

/** A part of a multipart body: a file that is chosen here, or the text of one. */
export function FileInput({
  control,
  value,
  disabled,
  onChange,
}: {
  control: FieldControl;
  value: Json | undefined;
  disabled: boolean;
  onChange: (value: Json | undefined) => void;
}) {
  const id = useId();
  const [problem, setProblem] = useState<string | null>(null);

  async function take(file: File | undefined): Promise<void> {
    if (!file) return;
    if (file.size > mostBytes) {
      setProblem(`“${file.name}” has ${formatSize(file.size)}: at most ${formatSize(mostBytes)}.`);
      return;
    }
    try {
      const base64 = await base64Of(file);
      setProblem(null);
      onChange({ name: file.name.slice(0, 255), ...(file.type !== "" && { type: file.type.slice(0, 120) }), base64 });
    } catch {
      setProblem(`“${file.name}” could not be read.`);
    }
  }

  const chosen = fileIn(value);
  if (chosen)
    return (
      <div className="flex items-center gap-3 rounded-control border border-line-control bg-page px-2.5 py-1 text-sm">
        <span className="min-w-0 flex-1 truncate">{chosen.name}</span>
        <span className="text-muted text-xs tabular-nums">
          {chosen.type ?? "no type"}, {formatSize(bytesIn(chosen.base64))}
        </span>
        <Button id={control.id} look="quiet" size="small" disabled={disabled} onClick={() => onChange(undefined)}>
          Remove
        </Button>
      </div>
    );
  return (
    <div className="flex flex-col gap-2">
      <TextArea
        {...control}
        disabled={disabled}
        placeholder="Text of the file, or choose one"
        className="min-h-8! text-sm"
        value={value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value)}
        onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
      />
      <label
        htmlFor={id}
        className="inline-flex h-7 cursor-pointer items-center gap-2 self-start rounded-control border border-line-strong bg-raised px-2.5 font-medium text-xs shadow-raised hover:bg-hover has-[:disabled]:opacity-50 has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent has-[:focus-visible]:outline-offset-2"
      >
        <Upload aria-hidden="true" className="size-4" />
        Choose a file
        <input
          id={id}
          type="file"
          className="sr-only"
          disabled={disabled}
          onChange={(event) => {
            void take(event.target.files?.[0]);
            // The same file may be chosen again after it was changed.
            event.target.value = "";
          }}
        />
      </label>
      {problem && (
        <p role="alert" className="text-failed-text text-xs">
          {problem}
        </p>
      )}
    </div>
  );
}

function fileIn(value: Json | undefined): FileValue | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { name, type, base64 } = value;
  if (typeof name !== "string" || typeof base64 !== "string") return null;
  return { name, base64, ...(typeof type === "string" && { type }) };
}

/** Four characters are three bytes, the padding none. */
function bytesIn(base64: string): number {
  return Math.floor((base64.replace(/=+$/, "").length * 3) / 4);
}
