import { useState } from "react";
import type { Parameter, ParameterType } from "../../../shared/connector/parameter.ts";
import type { Json } from "../../../shared/json.ts";
import { ValueField } from "../../panels/value-field.tsx";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice, Input, TextArea } from "../../ui/input.tsx";

const types: readonly ParameterType[] = ["string", "number", "integer", "boolean", "array", "object"];

/** Declares one parameter. A path parameter keeps its name and is always required: the path says so. */
export function ParameterDialog({
  parameter: first,
  taken,
  onClose,
  onSave,
}: {
  parameter: Parameter;
  /** Keys of the other parameters in the same place. */
  taken: readonly string[];
  onClose: () => void;
  onSave: (parameter: Parameter) => void;
}) {
  const [parameter, setParameter] = useState(first);
  const isNew = first.key === "";
  const isPath = parameter.in === "path";
  const problem = taken.includes(parameter.key) ? `there is a parameter “${parameter.key}” already` : undefined;
  const set = (change: Partial<Parameter>) => setParameter({ ...parameter, ...change });
  const setValue = (key: "default" | "example", value: Json | undefined) => {
    const { [key]: _, ...rest } = parameter;
    setParameter(value === undefined ? rest : { ...rest, [key]: value });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={isNew ? "Add a parameter" : `Edit “${first.name}”`}
      description={isPath ? "Its name and that it is required come from the path." : "What people fill in, and what is sent."}
      hint={parameter.key === "" ? "Enter a name." : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="parameter" disabled={parameter.key === "" || problem !== undefined}>
            {isNew ? "Add parameter" : "Use these settings"}
          </Button>
        </>
      }
    >
      <form
        id="parameter"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          // A dialog over a page's form is that form's child for React's events.
          event.stopPropagation();
          onSave({ ...parameter, name: parameter.name || parameter.key });
        }}
      >
        <div className="grid grid-cols-2 gap-4">
          <Field label="Name" required error={problem}>
            {(control) => (
              <Input
                {...control}
                mono
                disabled={isPath}
                maxLength={120}
                value={parameter.key}
                onChange={(event) => set({ key: event.target.value })}
              />
            )}
          </Field>
          <Field label="Display name">
            {(control) => (
              <Input
                {...control}
                maxLength={120}
                placeholder={parameter.key}
                value={parameter.name}
                onChange={(event) => set({ name: event.target.value })}
              />
            )}
          </Field>
        </div>
        <Field label="Type" required>
          {(control) => (
            <Choice
              {...control}
              value={parameter.type}
              options={types.map((type) => ({ value: type, label: type }))}
              onChange={(type) => set({ type })}
            />
          )}
        </Field>
        <Field label="Description">
          {(control) => (
            <TextArea
              {...control}
              maxLength={2_000}
              value={parameter.description ?? ""}
              onChange={(event) => set({ description: event.target.value })}
            />
          )}
        </Field>
        <ValueField
          label="Default value"
          help="Sent when nothing is filled in."
          type={parameter.type}
          value={parameter.default}
          roots={null}
          onChange={(value) => setValue("default", value)}
        />
        <ValueField
          label="Example"
          help="What tests begin with."
          type={parameter.type}
          value={parameter.example}
          roots={null}
          onChange={(value) => setValue("example", value)}
        />
        <Checkbox checked={isPath || parameter.required} disabled={isPath} onChange={(checked) => set({ required: checked })}>
          Required
        </Checkbox>
      </form>
    </Dialog>
  );
}
