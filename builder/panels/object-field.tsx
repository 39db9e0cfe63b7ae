import { Plus, Trash2 } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import type { Json } from "../../shared/json.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Segmented } from "../ui/segmented.tsx";
import type { DataRoot } from "./data-roots.ts";
import { JsonInput } from "./json-input.tsx";
import { ValueField } from "./value-field.tsx";

/** A JSON value that is mostly an object of texts and expressions: field by field, or whole as JSON. */
export function ObjectField({
  label,
  help,
  field,
  value,
  roots,
  problems,
  disabled,
  nameProblem,
  onChange,
}: {
  label: string;
  help?: string;
  /** Its place in the node, by which problems name it. */
  field: string;
  value: Json;
  roots: readonly DataRoot[];
  problems: Readonly<Record<string, string>>;
  disabled: boolean;
  /** Why a field cannot have this name; left out, every name will do. */
  nameProblem?: (name: string) => string | null;
  onChange: (value: Json, group?: string) => void;
}) {
  const fields = fieldsOf(value);
  const [asked, setAsked] = useState<"fields" | "json">("fields");
  const shape = fields === null ? "json" : asked;
  return (
    <div className="flex flex-col gap-3">
      {fields !== null && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="min-w-0 flex-1 truncate font-medium text-sm">{label}</span>
          <Segmented
            label={`${label} as`}
            value={shape}
            onChange={setAsked}
            segments={[
              { value: "fields", label: "Fields" },
              { value: "json", label: "JSON" },
            ]}
          />
        </div>
      )}
      {shape === "fields" && help && <p className="text-muted text-xs">{help}</p>}
      {shape === "json" || fields === null ? (
        <JsonInput
          label={label}
          help={help}
          error={problems[field]}
          value={value}
          roots={roots}
          disabled={disabled}
          onChange={(next) => onChange(next ?? null, field)}
        />
      ) : (
        <Fields {...{ label, field, fields, roots, problems, disabled, nameProblem, onChange }} />
      )}
    </div>
  );
}

type TextFields = [name: string, text: string][];

function Fields({
  label,
  field,
  fields,
  roots,
  problems,
  disabled,
  nameProblem,
  onChange,
}: {
  label: string;
  field: string;
  fields: TextFields;
  roots: readonly DataRoot[];
  problems: Readonly<Record<string, string>>;
  disabled: boolean;
  nameProblem: ((name: string) => string | null) | undefined;
  onChange: (value: Json, group?: string) => void;
}) {
  // fromEntries defines own properties, so a field "__proto__" is a field like any other.
  const write = (next: TextFields, group?: string) => onChange(Object.fromEntries(next), group);
  // A field that was just added wants its name first.
  const added = useRef<number | null>(null);
  return (
    <div className="flex flex-col gap-4">
      {fields.map(([name, text], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: its name changes while it is typed
        <div key={index} className="flex flex-col gap-2 rounded-card border border-line p-3">
          <div className="flex items-center gap-1">
            <FieldName
              name={name}
              taken={fields.flatMap(([other], at) => (at === index ? [] : [other]))}
              disabled={disabled}
              nameProblem={nameProblem}
              takesKeyboard={added.current === index}
              label={`Name of field ${index + 1} of ${label}`}
              onChange={(next) =>
                write(
                  fields.map((each, at) => (at === index ? [next, text] : each)),
                  `${field}-name-${index}`,
                )
              }
            />
            {!disabled && (
              <IconButton label={`Remove field ${name}`} onClick={() => write(fields.filter((_, at) => at !== index))}>
                <Trash2 aria-hidden="true" />
              </IconButton>
            )}
          </div>
          <ValueField
            label={`Value of ${name}`}
            type="string"
            value={text}
            roots={roots}
            disabled={disabled}
            error={problems[`${field}.${name}`]}
            onChange={(next) =>
              write(
                fields.map((each, at) => (at === index ? [name, textOf(next)] : each)),
                `${field}.${index}`,
              )
            }
          />
        </div>
      ))}
      {!disabled && (
        <Button
          className="self-start"
          size="small"
          onClick={() => {
            added.current = fields.length;
            write([...fields, [freeName(fields), ""]]);
          }}
        >
          <Plus aria-hidden="true" />
          Add a field
        </Button>
      )}
    </div>
  );
}

/** A name that is taken or empty stays in the field with its reason; the object keeps the name it had. */
function FieldName({
  name,
  taken,
  disabled,
  takesKeyboard,
  label,
  nameProblem,
  onChange,
}: {
  name: string;
  taken: readonly string[];
  disabled: boolean;
  /** Only as it appears: its name is selected, so that typing replaces it. */
  takesKeyboard: boolean;
  label: string;
  nameProblem: ((name: string) => string | null) | undefined;
  onChange: (name: string) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const begin = useRef(takesKeyboard);
  useLayoutEffect(() => {
    if (!begin.current) return;
    begin.current = false;
    input.current?.focus();
    input.current?.select();
  }, []);
  const shown = typed ?? name;
  const problemOf = (text: string) =>
    text === "" ? "enter a name" : taken.includes(text) ? `there is a field “${text}” already` : (nameProblem?.(text) ?? null);
  const problem = problemOf(shown);
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <input
        ref={input}
        aria-label={label}
        aria-invalid={problem !== null || undefined}
        disabled={disabled}
        value={shown}
        onBlur={() => setTyped(null)}
        onChange={(event) => {
          const next = event.target.value;
          const fits = problemOf(next) === null;
          setTyped(fits ? null : next);
          if (fits) onChange(next);
        }}
        className="h-7 rounded-control border border-transparent bg-transparent px-2 font-mono text-xs hover:border-line-control focus:border-line-control focus:bg-page aria-invalid:border-failed"
      />
      {problem && (
        <p role="alert" className="text-failed-text text-xs">
          {problem}
        </p>
      )}
    </div>
  );
}

/** The fields of an object that holds texts alone; null for anything else, which is shown as JSON. */
function fieldsOf(value: Json): TextFields | null {
  if (value === null) return [];
  if (typeof value !== "object" || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === "string") ? entries : null;
}

function textOf(value: Json | undefined): string {
  return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

function freeName(fields: TextFields): string {
  const names = new Set(fields.map(([name]) => name));
  let number = fields.length + 1;
  while (names.has(`field${number}`)) number++;
  return `field${number}`;
}
