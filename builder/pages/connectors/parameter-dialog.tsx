import { useState } from "react";
import type { Parameter, ParameterType } from "../../../shared/connector/parameter.ts";
import type { Json } from "../../../shared/json.ts";
import { ValueField } from "../../panels/value-field.tsx";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice, Input, TextArea } from "../../ui/input.tsx";
import type { BodyKind } from "./body-kind.ts";
import { parameterProblems, withType } from "./parameter-problems.ts";
import { ParameterSending } from "./parameter-sending.tsx";

const types: readonly ParameterType[] = ["string", "number", "integer", "boolean", "array", "object"];

/** Declares one parameter. A path parameter keeps its name and is always required: the path says so. */
export function ParameterDialog({
  parameter: first,
  body,
  taken,
  onClose,
  onSave,
}: {
  parameter: Parameter;
  /** How the endpoint writes its body. */
  body: BodyKind;
  /** Keys of the other parameters in the same place. */
  taken: readonly string[];
  onClose: () => void;
  onSave: (parameter: Parameter) => void;
}) {
  const [parameter, setParameter] = useState(first);
  const isNew = first.key === "";
  const isPath = parameter.in === "path";
  const problems = parameterProblems(parameter, taken);
  const refused = parameter.key === "" || Object.keys(problems).length > 0;
  const set = (change: Partial<Parameter>) => setParameter({ ...parameter, ...change });
  const setValue = (key: "default" | "example", value: Json | undefined) => {
    const { [key]: _, ...rest } = parameter;
    setParameter(value === undefined ? rest : { ...rest, [key]: value });
  };
  return (
    <Dialog
      open
      held={parameter !== first}
      onClose={onClose}
      title={isNew ? "Add a parameter" : `Edit “${first.name}”`}
      description={isPath ? "Its name and that it is required come from the path." : "What people fill in, and what is sent."}
      hint={parameter.key === "" ? "Enter a name." : refused ? "Put right what is marked." : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="parameter" disabled={refused}>
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
          if (!refused) onSave({ ...parameter, name: parameter.name || parameter.key });
        }}
      >
        <div className="grid grid-cols-2 gap-4">
          <Field label="Name" required error={problems.key}>
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
              disabled={parameter.file === true}
              value={parameter.type}
              options={types.map((type) => ({ value: type, label: type }))}
              onChange={(type) => setParameter(withType(parameter, type))}
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
        <ParameterSending parameter={parameter} body={body} onChange={setParameter} />
        <ValueField
          label="Default value"
          help="Sent when nothing is filled in."
          error={problems.default}
          type={parameter.type}
          value={parameter.default}
          roots={null}
          onChange={(value) => setValue("default", value)}
        />
        <ValueField
          label="Example"
          help="What tests begin with."
          error={problems.example}
          type={parameter.type}
          value={parameter.example}
          roots={null}
          onChange={(value) => setValue("example", value)}
        />
        <div className="flex flex-col gap-2">
          <Checkbox checked={isPath || parameter.required} disabled={isPath} onChange={(checked) => set({ required: checked })}>
            Required
          </Checkbox>
          <Checkbox checked={parameter.advanced ?? false} onChange={(checked) => set({ advanced: checked })}>
            Advanced: shown only on demand
          </Checkbox>
          <Checkbox checked={parameter.hidden ?? false} onChange={(checked) => set({ hidden: checked })}>
            Hidden: people do not see it, its default is sent
          </Checkbox>
          {problems.hidden && (
            <p role="alert" className="text-failed-text text-xs">
              {problems.hidden}
            </p>
          )}
        </div>
      </form>
    </Dialog>
  );
}
