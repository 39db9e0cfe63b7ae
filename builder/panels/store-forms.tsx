import { useState } from "react";
import type { KeyValueNode, OnceNode } from "../../shared/flow/control-node.ts";
import { Field } from "../ui/field.tsx";
import { Choice } from "../ui/input.tsx";
import { DurationInput } from "./duration-input.tsx";
import { LabelledSegments } from "./labelled-segments.tsx";
import type { NodeFormProps } from "./node-form-props.ts";
import { longestSpanMs } from "./span-field.tsx";
import { TemplateField } from "./template-field.tsx";
import { ValueField } from "./value-field.tsx";

const operations = [
  { value: "get", label: "Read" },
  { value: "put", label: "Write" },
  { value: "increment", label: "Count up" },
  { value: "delete", label: "Delete" },
] as const;
const operationHelp = {
  get: "Gives {value, found}.",
  put: "Gives the value that was there before.",
  increment: "Gives the new number. A key without a value counts from 0.",
  delete: "Gives the value that was there before.",
} as const;

/** A value that outlives the run. */
export function KeyValueForm({ node, roots, problems, disabled, onChange }: NodeFormProps<KeyValueNode>) {
  return (
    <div className="flex flex-col gap-6">
      <Field label="Operation" help={operationHelp[node.operation]} error={problems.operation}>
        {(control) => (
          <Choice
            {...control}
            disabled={disabled}
            value={node.operation}
            options={operations}
            onChange={(operation) => onChange({ ...node, operation })}
          />
        )}
      </Field>
      <LabelledSegments
        label="Keys of"
        disabled={disabled}
        value={node.scope}
        segments={[
          { value: "flow", label: "This flow" },
          { value: "workspace", label: "All flows" },
        ]}
        onChange={(scope) => onChange({ ...node, scope })}
      />
      <TemplateField
        label="Key"
        error={problems.key}
        value={node.key}
        maxLength={2_000}
        roots={roots}
        disabled={disabled}
        onChange={(key) => onChange({ ...node, key }, "key")}
      />
      {node.operation === "put" && (
        <ValueField
          label="Value"
          error={problems.value}
          type="any"
          value={node.value}
          roots={roots}
          disabled={disabled}
          onChange={(value) => {
            const { value: _, ...rest } = node;
            onChange(value === undefined ? rest : { ...node, value }, "value");
          }}
        />
      )}
      {node.operation === "increment" && <ByField {...{ node, roots, problems, disabled, onChange }} />}
    </div>
  );
}

/** While its field is empty the document keeps the number that it has. */
function ByField({
  node,
  roots,
  problems,
  disabled,
  onChange,
}: Pick<NodeFormProps<KeyValueNode>, "node" | "roots" | "problems" | "disabled" | "onChange">) {
  const [emptied, setEmptied] = useState<number | string | null>(null);
  const isEmpty = emptied === node.by;
  return (
    <ValueField
      label="By"
      error={isEmpty ? "Enter a number." : problems.by}
      type="number"
      required
      value={isEmpty ? undefined : node.by}
      roots={roots}
      disabled={disabled}
      onChange={(by) => {
        const fits = typeof by === "number" || (typeof by === "string" && by !== "");
        setEmptied(fits ? null : node.by);
        if (fits) onChange({ ...node, by }, "by");
      }}
    />
  );
}

const shortestWindowMs = 1_000;

/** The key that is new or not, and for how long it is remembered. */
export function OnceForm({ node, roots, problems, disabled, onChange }: NodeFormProps<OnceNode>) {
  return (
    <div className="flex flex-col gap-6">
      <TemplateField
        label="Key"
        help="The first run with it leaves by “first”, every other within the window by “again”."
        error={problems.key}
        value={node.key}
        maxLength={2_000}
        roots={roots}
        disabled={disabled}
        onChange={(key) => onChange({ ...node, key }, "key")}
      />
      <Field label="Remembered for" help="From 1 second to 366 days." error={problems.windowMs} required>
        {(control) => (
          <DurationInput
            control={control}
            value={node.windowMs}
            maxMs={longestSpanMs}
            disabled={disabled}
            onChange={(ms) => ms !== null && ms >= shortestWindowMs && onChange({ ...node, windowMs: ms }, "window")}
          />
        )}
      </Field>
    </div>
  );
}
