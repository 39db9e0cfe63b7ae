import { ChevronDown, ChevronUp, Plus, Trash2 } from "lucide-react";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { TriggerField } from "../../../shared/connector/trigger.ts";
import type { Json } from "../../../shared/json.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { TextField } from "./text-field.tsx";
import { missingFields } from "./trigger-draft.ts";
import type { TriggerPartProps } from "./trigger-part-props.ts";

const most = 50;
const types = [
  { value: "string", label: "Text" },
  { value: "number", label: "Number" },
  { value: "boolean", label: "Yes or no" },
] as const;
const noLike = "";

/** The fields that whoever uses the trigger fills in. */
export function TriggerFields({ document, draft, problem, onChange }: TriggerPartProps) {
  const { form } = draft;
  const lacking = missingFields(draft, document);
  const set = (next: TriggerField[]) => onChange({ ...draft, form: next });
  return (
    <div className="flex max-w-form flex-col gap-4">
      {form.length === 0 && lacking.length === 0 && (
        <p className="text-muted text-sm">
          Nothing has to be filled in. With a field people say what they want to hear of: a list, a channel, a project.
        </p>
      )}
      {lacking.length > 0 && (
        <div
          role="status"
          className="flex flex-col items-start gap-2 rounded-card border border-waiting-line bg-waiting-tint p-3"
        >
          <p className="text-sm">
            {lacking.length === 1 ? "A field is used that the form lacks:" : "Fields are used that the form lacks:"}
          </p>
          <div className="flex flex-wrap gap-2">
            {lacking.map((key) => (
              <Button key={key} size="small" onClick={() => set([...form, fieldNamed(key)])}>
                <Plus aria-hidden="true" />
                {`Add “${key}”`}
              </Button>
            ))}
          </div>
        </div>
      )}
      {problem["trigger.form"] && (
        <p role="alert" className="text-failed-text text-sm">
          {problem["trigger.form"]}
        </p>
      )}
      {form.map((field, index) => (
        <FieldCard
          // biome-ignore lint/suspicious/noArrayIndexKey: a field's key changes while it is typed
          key={index}
          field={field}
          document={document}
          at={{ first: index === 0, last: index === form.length - 1 }}
          problem={(name) => problem[`trigger.form.${index}.${name}`]}
          onChange={(next) => set(form.map((each, at) => (at === index ? next : each)))}
          onMove={(step) => set(form.toSpliced(index, 1).toSpliced(index + step, 0, field))}
          onRemove={() => set(form.filter((_, at) => at !== index))}
        />
      ))}
      <Button size="small" className="self-start" disabled={form.length >= most} onClick={() => set([...form, newField(form)])}>
        <Plus aria-hidden="true" />
        Add a field
      </Button>
    </div>
  );
}

function FieldCard({
  field,
  document,
  at,
  problem,
  onChange,
  onMove,
  onRemove,
}: {
  field: TriggerField;
  document: ConnectorDraft;
  at: { first: boolean; last: boolean };
  problem: (name: string) => string | undefined;
  onChange: (field: TriggerField) => void;
  onMove: (step: -1 | 1) => void;
  onRemove: () => void;
}) {
  const { like: _, default: __, ...bare } = field;
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-card border border-line p-3">
      <legend className="sr-only">{`Field ${field.name}`}</legend>
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <TextField
            label="Label"
            required
            maxLength={120}
            error={problem("name")}
            value={field.name}
            onChange={(name) => onChange({ ...field, name })}
          />
        </div>
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
      <div className="grid grid-cols-2 items-start gap-3">
        <TextField
          label="Key"
          required
          mono
          maxLength={63}
          help={`Named as {{inputs.${field.key}}}`}
          error={problem("key")}
          value={field.key}
          onChange={(key) => onChange({ ...field, key })}
        />
        <ChoiceField
          label="Type"
          value={field.type}
          options={types}
          onChange={(type) => onChange({ ...bare, ...(field.like && { like: field.like }), type })}
        />
        <TextField
          label="Help"
          maxLength={2_000}
          error={problem("description")}
          value={field.description ?? ""}
          onChange={(description) => onChange({ ...field, description })}
        />
        <TextField
          label="Default"
          error={problem("default")}
          value={field.default === undefined ? "" : String(field.default)}
          onChange={(text) => {
            const preset = defaultOf(text, field.type);
            const { default: ___, ...rest } = field;
            onChange(preset === undefined ? rest : { ...rest, default: preset });
          }}
        />
      </div>
      <LikeField field={field} document={document} problem={problem} onChange={onChange} />
      <Checkbox checked={field.required} onChange={(required) => onChange({ ...field, required })}>
        Required
      </Checkbox>
    </fieldset>
  );
}

/** A field that is filled in like an endpoint's parameter has that one's list of values. */
function LikeField({
  field,
  document,
  problem,
  onChange,
}: {
  field: TriggerField;
  document: ConnectorDraft;
  problem: (name: string) => string | undefined;
  onChange: (field: TriggerField) => void;
}) {
  const choices = document.endpoints.flatMap((endpoint) =>
    endpoint.parameters.flatMap((parameter) =>
      parameter.link
        ? [
            {
              value: JSON.stringify([endpoint.key, parameter.key]),
              label: `${parameter.name} of “${endpoint.name}”`,
            },
          ]
        : [],
    ),
  );
  const chosen = field.like ? JSON.stringify([field.like.endpoint, field.like.parameter]) : noLike;
  const gone = chosen !== noLike && !choices.some(({ value }) => value === chosen);
  if (choices.length === 0 && chosen === noLike) return null;
  return (
    <ChoiceField
      label="Filled in like"
      value={chosen}
      options={[
        { value: noLike, label: "Nothing else: it is typed" },
        ...(gone ? [{ value: chosen, label: `${field.like?.parameter} of “${field.like?.endpoint}”` }] : []),
        ...choices,
      ]}
      help="With the list of values that this parameter has."
      error={problem("like.endpoint") ?? problem("like.parameter")}
      onChange={(value) => {
        const { like: _, ...rest } = field;
        const [endpoint, parameter]: (string | undefined)[] = value === noLike ? [] : JSON.parse(value);
        onChange(endpoint === undefined || parameter === undefined ? rest : { ...rest, like: { endpoint, parameter } });
      }}
    />
  );
}

/** What is no number yet stays as it was typed, and is named when it is saved. */
function defaultOf(text: string, type: TriggerField["type"]): Json | undefined {
  if (text === "") return undefined;
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return type === "number" && String(Number(text)) === text ? Number(text) : text;
}

function newField(form: readonly TriggerField[]): TriggerField {
  const taken = new Set(form.map(({ key }) => key));
  let number = form.length + 1;
  while (taken.has(`field_${number}`)) number += 1;
  return { key: `field_${number}`, name: `Field ${number}`, type: "string", required: false };
}

function fieldNamed(key: string): TriggerField {
  const words = key.replaceAll(/[_-]+/g, " ");
  return { key, name: words.charAt(0).toUpperCase() + words.slice(1), type: "string", required: true };
}
