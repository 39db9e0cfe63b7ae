import { Plus } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { Controller, useForm } from "react-hook-form";
import type { Parameter } from "../../shared/connector/parameter.ts";
import type { Json } from "../../shared/json.ts";
import { Button } from "../ui/button.tsx";
import type { FieldControl } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import type { DataRoot } from "./data-roots.ts";
import { isExpression } from "./expression-text.ts";
import { FileInput } from "./file-input.tsx";
import { LinkedSelect, type LinkPlace } from "./linked-select.tsx";
import { ValueField } from "./value-field.tsx";

const placeWords = { path: "Path", query: "Query", header: "Headers", cookie: "Cookies", body: "Body" } as const;
const placeOrder = ["path", "query", "header", "cookie", "body"] as const;
/** A form of so few fields shows them all. */
const shownAnyway = 6;

type Inputs = Record<string, Json>;
/**
 * By the parameter's place in the list: a key may hold dots, which a form's names give a meaning of their own. The values are
 * `Json`, which is recursive and would be unfolded by the form's types without end; null is what is not set, because the form
 * takes undefined for its default.
 */
type Values = { values: unknown[] };

/**
 * The form of an endpoint's parameters, by their place in the request: those that are required or filled in, and the others on
 * demand. `onChange` gets all inputs; those without a value are left out.
 */
export function ParameterForm({
  parameters,
  inputs,
  labels = {},
  place,
  roots,
  problems,
  disabled = false,
  references = false,
  pathsOnly = false,
  onChange,
  actions,
}: {
  parameters: readonly Parameter[];
  inputs: Inputs;
  /** What was shown when linked values were chosen, by key. */
  labels?: Record<string, string>;
  place: Omit<LinkPlace, "inputs">;
  roots: readonly DataRoot[] | null;
  /** By parameter key. */
  problems: Readonly<Record<string, string>>;
  disabled?: boolean;
  /** A fixed value of any type may be a text with `{{…}}` in it, which the server fills in. */
  references?: boolean;
  /** Expressions are paths alone. */
  pathsOnly?: boolean;
  onChange: (inputs: Inputs, changed: { key: string; label: string | undefined }) => void;
  /** More at the right of a parameter's label. */
  actions?: (parameter: Parameter) => React.ReactNode;
}) {
  const [added, setAdded] = useState<ReadonlySet<string>>(new Set());
  const values = useMemo(() => ({ values: parameters.map(({ key }) => inputs[key] ?? null) }), [parameters, inputs]);
  const form = useForm<Values>({ defaultValues: values });
  // The document is the truth: undo, redo and other editors change it behind the form.
  useEffect(() => form.reset(values), [form, values]);

  const isTouched = ({ key }: Parameter) => added.has(key) || Object.hasOwn(inputs, key) || Object.hasOwn(problems, key);
  // What is hidden sends its default; a value that is there all the same is shown.
  const offered = parameters.filter((parameter) => !parameter.hidden || isTouched(parameter));
  const plain = offered.filter(({ advanced }) => !advanced);
  const isShown = (parameter: Parameter) =>
    isTouched(parameter) || parameter.required || (plain.length <= shownAnyway && !parameter.advanced);
  const onDemand = offered.filter((parameter) => !isShown(parameter));

  function change(key: string, value: Json | undefined, label?: string): void {
    const { [key]: _, ...others } = inputs;
    // It stays in sight when it is emptied.
    setAdded((before) => new Set(before).add(key));
    onChange(value === undefined ? others : { ...others, [key]: value }, { key, label });
  }

  return (
    <div className="flex flex-col gap-6">
      {placeOrder.map((where) => {
        const shown = parameters.flatMap((parameter, index) =>
          parameter.in === where && offered.includes(parameter) && isShown(parameter) ? [{ parameter, index }] : [],
        );
        if (shown.length === 0) return null;
        return (
          <fieldset key={where} className="flex min-w-0 flex-col gap-4">
            <legend className="mb-3 font-semibold text-muted text-xs uppercase tracking-wide">{placeWords[where]}</legend>
            {shown.map(({ parameter, index }) => (
              <Controller
                key={parameter.key}
                control={form.control}
                name={`values.${index}`}
                render={({ field }) => (
                  <div data-parameter={parameter.key}>
                    <ParameterField
                      parameter={parameter}
                      value={(field.value ?? undefined) as Json | undefined}
                      label={labels[parameter.key]}
                      place={{ ...place, inputs }}
                      roots={roots}
                      error={problems[parameter.key]}
                      disabled={disabled}
                      references={references}
                      pathsOnly={pathsOnly}
                      action={actions?.(parameter)}
                      onChange={(value, label) => {
                        field.onChange(value ?? null);
                        change(parameter.key, value, label);
                      }}
                    />
                  </div>
                )}
              />
            ))}
          </fieldset>
        );
      })}
      {onDemand.length > 0 && !disabled && (
        <MoreParameters parameters={onDemand} onAdd={(key) => setAdded((before) => new Set(before).add(key))} />
      )}
      {offered.length === 0 && <p className="text-muted text-sm">Nothing is to be filled in: this call takes no parameters.</p>}
    </div>
  );
}

function ParameterField({
  parameter,
  value,
  label,
  place,
  roots,
  error,
  disabled,
  references,
  pathsOnly,
  action,
  onChange,
}: {
  parameter: Parameter;
  value: Json | undefined;
  label: string | undefined;
  place: LinkPlace;
  roots: readonly DataRoot[] | null;
  error: string | undefined;
  disabled: boolean;
  references: boolean;
  pathsOnly: boolean;
  action: React.ReactNode;
  onChange: (value: Json | undefined, label?: string) => void;
}) {
  const { link } = parameter;
  const isReference = references && isExpression(value);
  function fixedInput(): ((control: FieldControl) => React.ReactNode) | undefined {
    if (isReference) return (control) => <ReferenceInput {...{ control, value, disabled, onChange }} />;
    if (parameter.file) return (control) => <FileInput {...{ control, value, disabled, onChange }} />;
    if (!link || parameter.type === "array" || parameter.type === "object") return undefined;
    return (control) => <LinkedSelect {...{ control, parameter, link, place, value, disabled, onChange }} shownAs={label} />;
  }
  return (
    <ValueField
      label={parameter.name}
      help={helpOf(parameter)}
      error={error}
      required={parameter.required && parameter.default === undefined}
      type={parameter.type}
      choices={choicesOf(parameter)}
      schema={parameter.schema}
      value={value}
      roots={roots}
      disabled={disabled}
      onChange={onChange}
      action={action}
      fixed={fixedInput()}
      pathsOnly={pathsOnly}
    />
  );
}

/** A text that is filled in elsewhere stands as it is, whatever the type; emptied, the parameter has its own control again. */
function ReferenceInput({
  control,
  value,
  disabled,
  onChange,
}: {
  control: FieldControl;
  value: string;
  disabled: boolean;
  onChange: (value: Json | undefined) => void;
}) {
  return (
    <Input
      {...control}
      mono
      disabled={disabled}
      value={value}
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
    />
  );
}

function MoreParameters({ parameters, onAdd }: { parameters: readonly Parameter[]; onAdd: (key: string) => void }) {
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const found = parameters.filter(({ key, name }) => `${name} ${key}`.toLowerCase().includes(wanted));
  if (!open)
    return (
      <Button className="self-start" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Add an optional parameter ({parameters.length})
      </Button>
    );
  return (
    <section aria-label="Optional parameters" className="flex flex-col gap-1 rounded-card border border-line p-2">
      <input
        // biome-ignore lint/a11y/noAutofocus: it was opened just now to be typed into
        autoFocus
        aria-label="Search optional parameters"
        placeholder="Search"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        onKeyDown={(event) => {
          const [first] = found;
          if (event.key === "Enter" && first) onAdd(first.key);
          else if (event.key === "Escape") setOpen(false);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
        className="h-8 rounded-control bg-page px-2.5 text-sm"
      />
      <ul className="max-h-60 overflow-y-auto">
        {found.map((parameter) => (
          <li key={parameter.key}>
            <button
              type="button"
              onClick={() => onAdd(parameter.key)}
              className="flex min-h-8 w-full items-baseline gap-2 rounded-control px-2 py-1 text-left text-sm -outline-offset-2 hover:bg-hover"
            >
              <span className="min-w-0 flex-1 truncate">{parameter.name}</span>
              <span className="text-muted text-xs">{placeWords[parameter.in]}</span>
            </button>
          </li>
        ))}
        {found.length === 0 && <li className="px-2 py-1 text-muted text-sm">No parameter fits “{search}”.</li>}
      </ul>
    </section>
  );
}

function helpOf({ description, default: given }: Parameter): string | undefined {
  const preset = given === undefined ? "" : `Default: ${typeof given === "string" ? given : JSON.stringify(given)}.`;
  return [description, preset].filter((part) => part).join(" ") || undefined;
}

/** The values of an `enum` in the parameter's schema. */
function choicesOf({ schema, link }: Parameter): string[] | undefined {
  if (link || typeof schema !== "object" || schema === null || Array.isArray(schema) || !Array.isArray(schema.enum)) return;
  return schema.enum.flatMap((value) => (typeof value === "string" || typeof value === "number" ? [String(value)] : []));
}
