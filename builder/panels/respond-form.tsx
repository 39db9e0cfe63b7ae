import type { RespondNode } from "../../shared/flow/node.ts";
import { Field } from "../ui/field.tsx";
import { NumberInput } from "../ui/number-input.tsx";
import { headerTexts } from "./header-texts.ts";
import type { NodeFormProps } from "./node-form-props.ts";
import { ObjectField } from "./object-field.tsx";

/** The run's answer to the waiting sender. */
export function RespondForm({ node, roots, problems, disabled, onChange }: NodeFormProps<RespondNode>) {
  return (
    <div className="flex flex-col gap-6">
      <Field label="Status" help="From 200 to 599." required error={problems.status}>
        {(control) => (
          <NumberInput
            {...control}
            disabled={disabled}
            className="w-28!"
            value={node.status}
            accepts={(status) => status !== null && Number.isInteger(status) && status >= 200 && status <= 599}
            onChange={(status) => status !== null && onChange({ ...node, status }, "status")}
          />
        )}
      </Field>
      <ObjectField
        label="Headers"
        field="headers"
        value={node.headers}
        roots={roots}
        problems={problems}
        disabled={disabled}
        onChange={(headers, group) => {
          const texts = headerTexts(headers);
          if (texts) onChange({ ...node, headers: texts }, group);
        }}
      />
      <ObjectField
        label="Body"
        field="body"
        value={node.body}
        roots={roots}
        problems={problems}
        disabled={disabled}
        onChange={(body, group) => onChange({ ...node, body }, group)}
      />
    </div>
  );
}
