import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { TextArea } from "../../ui/input.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { type FieldFacts, type FieldPath, placeText } from "./response-schema.ts";
import { TextField } from "./text-field.tsx";

const types = ["string", "integer", "number", "boolean", "object", "array", "null", "any"];
const formats = ["date-time", "date", "time", "email", "uri", "uuid"];

/** One field of an answer: what is known of it. Its name is the API's and stays. */
export function ResponseFieldDialog({
  path,
  facts: first,
  taken,
  onClose,
  onSave,
  onRemove,
}: {
  /** Of the field; of the object that gains one, when `taken` is given. */
  path: FieldPath;
  facts: FieldFacts;
  /** Names of the fields beside a new one. */
  taken?: readonly string[];
  onClose: () => void;
  onSave: (facts: FieldFacts, name: string) => void;
  onRemove?: (() => void) | undefined;
}) {
  const [facts, setFacts] = useState(first);
  const [name, setName] = useState("");
  const isNew = taken !== undefined;
  const inObject = isNew || typeof path.at(-1) === "string";
  const place = placeText(path);
  const problem = taken?.includes(name) ? `there is a field “${name}” already` : undefined;
  const waits = isNew && (name === "" || problem !== undefined);
  const set = (change: Partial<FieldFacts>) => setFacts({ ...facts, ...change });
  return (
    <Dialog
      open
      onClose={onClose}
      title={isNew ? `Add a field to “${place}”` : `Field “${place}”`}
      description="What flows know of it. It is saved with the endpoint."
      hint={isNew && name === "" ? "Enter its name." : undefined}
      footer={
        <>
          {onRemove && (
            <Button look="quiet" className="mr-auto" onClick={onRemove}>
              Remove the field
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={waits} onClick={() => onSave(facts, name)}>
            {isNew ? "Add field" : "Use these settings"}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {isNew && <TextField label="Name" required mono maxLength={120} value={name} error={problem} onChange={setName} />}
        <ChoiceField
          label="Type"
          value={facts.type}
          options={(types.includes(facts.type) ? types : [...types, facts.type]).map((type) => ({ value: type, label: type }))}
          onChange={(type) => set({ type })}
        />
        {facts.type === "string" && (
          <>
            <ChoiceField
              label="Format"
              value={facts.format}
              options={[
                { value: "", label: "None" },
                ...(formats.includes(facts.format) || facts.format === "" ? formats : [...formats, facts.format]).map(
                  (format) => ({
                    value: format,
                    label: format,
                  }),
                ),
              ]}
              onChange={(format) => set({ format })}
            />
            <Field label="Allowed values" help="One a line; none: any text.">
              {(control) => (
                <TextArea
                  {...control}
                  mono
                  value={facts.values.join("\n")}
                  onChange={(event) => set({ values: event.target.value === "" ? [] : event.target.value.split("\n") })}
                />
              )}
            </Field>
          </>
        )}
        <Field label="Description">
          {(control) => (
            <TextArea
              {...control}
              maxLength={2_000}
              value={facts.description}
              onChange={(event) => set({ description: event.target.value })}
            />
          )}
        </Field>
        <div className="flex flex-col gap-2">
          {inObject && (
            <Checkbox checked={facts.optional} onChange={(optional) => set({ optional })}>
              It may be absent
            </Checkbox>
          )}
          <Checkbox checked={facts.nullable} disabled={facts.type === "any"} onChange={(nullable) => set({ nullable })}>
            It may be null
          </Checkbox>
        </div>
      </div>
    </Dialog>
  );
}
