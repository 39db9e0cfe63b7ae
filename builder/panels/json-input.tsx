import { clsx } from "clsx";
import { Maximize2 } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import type { Json } from "../../shared/json.ts";
import { Field, inputStyle } from "../ui/field.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { type DataRoot, pathsOf } from "./data-roots.ts";
import { useInsertTarget } from "./insert-target.ts";
import { insertIntoJson, parseJsonText } from "./json-text.ts";

const CodeDialog = lazy(() => import("./code-dialog.tsx"));

/**
 * A JSON value as text. What cannot be read stays in the field with its reason, and the value stays as it was; an empty field is no
 * value.
 */
export function JsonInput({
  label,
  help,
  error,
  required = false,
  value,
  roots,
  schema,
  disabled,
  onChange,
  action,
}: {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  value: Json | undefined;
  roots: readonly DataRoot[] | null;
  /** JSON Schema of the value, for completion in the editor. */
  schema?: Json | undefined;
  disabled: boolean;
  onChange: (value: Json | undefined) => void;
  action?: React.ReactNode;
}) {
  const written = value === undefined ? "" : JSON.stringify(value, null, 2);
  const [draft, setDraft] = useState<{ text: string; of: string } | null>(null);
  const [open, setOpen] = useState(false);
  // A change from elsewhere (undo, another panel) wins over a text that was never valid.
  const text = draft !== null && draft.of === written ? draft.text : written;
  const parsed = parseJsonText(text);
  const target = useInsertTarget();
  // A path may come long after the field got the keyboard.
  const typeNow = useRef(type);
  typeNow.current = type;

  function type(next: string): void {
    const result = parseJsonText(next);
    if (result.read === "problem") {
      setDraft({ text: next, of: written });
      return;
    }
    const nextWritten = result.value === undefined ? "" : JSON.stringify(result.value, null, 2);
    // The text keeps its own spacing while it is typed.
    setDraft({ text: next, of: nextWritten });
    onChange(result.value);
  }

  return (
    <Field
      label={label}
      help={help}
      error={parsed.read === "problem" ? parsed.message : error}
      required={required}
      action={
        <>
          {action}
          <IconButton label={`Edit ${label} in the editor`} disabled={disabled} onClick={() => setOpen(true)}>
            <Maximize2 aria-hidden="true" />
          </IconButton>
        </>
      }
    >
      {(control) => (
        <>
          <textarea
            {...control}
            rows={2}
            spellCheck={false}
            disabled={disabled}
            value={text}
            onChange={(event) => type(event.target.value)}
            onFocus={({ currentTarget }) => {
              if (roots === null) return;
              target.take((path) => {
                const { value: before, selectionStart: start, selectionEnd: end } = currentTarget;
                typeNow.current(insertIntoJson(before, { start, end }, path));
              });
            }}
            className={clsx(inputStyle, "field-sizing-content max-h-72 min-h-16 resize-none py-1.5 font-mono text-xs")}
          />
          {open && (
            <Suspense>
              <CodeDialog
                title={label}
                language="json"
                text={text}
                paths={roots ? pathsOf(roots) : []}
                schema={schema}
                onClose={() => setOpen(false)}
                onSave={(next) => {
                  type(next);
                  setOpen(false);
                }}
              />
            </Suspense>
          )}
        </>
      )}
    </Field>
  );
}
