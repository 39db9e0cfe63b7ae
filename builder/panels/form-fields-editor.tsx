import { ChevronDown, ChevronUp, Plus, Trash2 } from "lucide-react";
import { FormField } from "../../shared/flow/form-field.ts";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field } from "../ui/field.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Choice, TextArea } from "../ui/input.tsx";
import { GuardedInput } from "./guarded-input.tsx";

const types = [
  { value: "text", label: "Text" },
  { value: "long-text", label: "Long text" },
  { value: "number", label: "Number" },
  { value: "yes-no", label: "Yes or no" },
  { value: "date", label: "Date" },
  { value: "choice", label: "One of a list" },
] as const;

/** The fields that a person fills in to start a flow, or with a decision. */
export function FormFieldsEditor({
  fields,
  help = "What a person fills in to start the flow: trigger.body has a field for each.",
  problems,
  disabled,
  onChange,
}: {
  fields: readonly FormField[];
  help?: string;
  problems: Readonly<Record<string, string>>;
  disabled: boolean;
  onChange: (fields: FormField[], group?: string) => void;
}) {
  const set = (index: number, part: Partial<FormField>, group?: string) =>
    onChange(
      fields.map((field, at) => (at === index ? { ...field, ...part } : field)),
      group,
    );
  return (
    <section aria-label="Form" className="flex flex-col gap-3">
      <div className="flex flex-col gap-0.5">
        <h3 className="font-medium text-sm">Form</h3>
        <p className="text-muted text-xs">{help}</p>
      </div>
      {fields.map((field, index) => (
        <FieldCard
          // biome-ignore lint/suspicious/noArrayIndexKey: a field's key changes while it is typed
          key={index}
          field={field}
          error={problems[`form.${index}.key`] ?? problems[`form.${index}`]}
          disabled={disabled}
          onChange={(part, group) => set(index, part, group && `form.${index}.${group}`)}
          onMove={(step) => {
            const moved = fields.toSpliced(index, 1);
            onChange(moved.toSpliced(index + step, 0, field));
          }}
          at={{ first: index === 0, last: index === fields.length - 1 }}
          onRemove={() => onChange(fields.filter((_, at) => at !== index))}
        />
      ))}
      {!disabled && (
        <Button size="small" className="self-start" onClick={() => onChange([...fields, newField(fields)])}>
          <Plus aria-hidden="true" />
          Add a field
        </Button>
      )}
    </section>
  );
}

function FieldCard({
  field,
  error,
  disabled,
  at,
  onChange,
  onMove,
  onRemove,
}: {
  field: FormField;
  error: string | undefined;
  disabled: boolean;
  at: { first: boolean; last: boolean };
  onChange: (part: Partial<FormField>, group?: string) => void;
  onMove: (step: -1 | 1) => void;
  onRemove: () => void;
}) {
  return (
    // What only screen readers are told has its place in here, and makes no page longer.
    <fieldset className="relative flex min-w-0 flex-col gap-3 rounded-card border border-line p-3">
      <legend className="sr-only">{`Field ${field.name}`}</legend>
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <GuardedInput
            label="Label"
            schema={FormField.shape.name}
            value={field.name}
            disabled={disabled}
            onChange={(name) => onChange({ name }, "name")}
          />
        </div>
        {!disabled && (
          <div className="flex">
            <IconButton label={`Move ${field.name} up`} disabled={at.first} onClick={() => onMove(-1)}>
              <ChevronUp aria-hidden="true" />
            </IconButton>
            <IconButton label={`Move ${field.name} down`} disabled={at.last} onClick={() => onMove(1)}>
              <ChevronDown aria-hidden="true" />
            </IconButton>
            <IconButton label={`Remove ${field.name}`} onClick={onRemove}>
              <Trash2 aria-hidden="true" />
            </IconButton>
          </div>
        )}
      </div>
      <div className="grid grid-cols-2 gap-2">
        <GuardedInput
          label="Key"
          schema={FormField.shape.key}
          value={field.key}
          error={error}
          mono
          disabled={disabled}
          onChange={(key) => onChange({ key }, "key")}
        />
        <Field label="Type">
          {(control) => (
            <Choice
              {...control}
              disabled={disabled}
              value={field.type}
              options={types}
              onChange={(type) => onChange({ type, ...(type === "choice" && { options: field.options ?? ["First", "Second"] }) })}
            />
          )}
        </Field>
      </div>
      {field.type === "choice" && (
        <Field label="Values" help="One on each line.">
          {(control) => (
            <TextArea
              {...control}
              disabled={disabled}
              defaultValue={(field.options ?? []).join("\n")}
              onBlur={({ target }) => onChange({ options: lines(target.value) })}
            />
          )}
        </Field>
      )}
      <Checkbox checked={field.required} disabled={disabled} onChange={(required) => onChange({ required })}>
        Required
      </Checkbox>
    </fieldset>
  );
}

function lines(text: string): string[] {
  const found = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  return [...new Set(found)];
}

function newField(fields: readonly FormField[]): FormField {
  const taken = new Set(fields.map(({ key }) => key));
  let number = fields.length + 1;
  while (taken.has(`field_${number}`)) number += 1;
  return { key: `field_${number}`, name: `Field ${number}`, type: "text", required: false };
}
