import { useMemo } from "react";
import type { ForEachNode, TryNode } from "../../shared/flow/container-node.ts";
import type { Json } from "../../shared/json.ts";
import { Field } from "../ui/field.tsx";
import { Choice } from "../ui/input.tsx";
import { NumberInput } from "../ui/number-input.tsx";
import { dataRoots } from "./data-roots.ts";
import type { NodeFormProps } from "./node-form-props.ts";
import { ValueField } from "./value-field.tsx";

const onItemErrors = [
  { value: "stop", label: "Stop, and leave by “error”" },
  { value: "continue", label: "Note the error and go on with the others" },
] as const;
const mostAtATime = 50;

/** What it runs through, how fast, and what it gives. */
export function ForEachForm(props: NodeFormProps<ForEachNode>) {
  const { node, roots, problems, disabled, onChange } = props;
  return (
    <div className="flex flex-col gap-6">
      <ValueField
        label="List"
        help="The steps inside run once for each of its items, which they find as {{item}} and {{index}}."
        error={problems.items}
        required
        type="array"
        value={node.items === "" ? undefined : node.items}
        roots={roots}
        expressionFirst
        disabled={disabled}
        onChange={(items) => onChange({ ...node, items: items ?? "" }, "items")}
      />
      <Field
        label="At a time"
        help={node.concurrency === 1 ? "One after the other, in the order of the list." : "From 1 to 50, side by side."}
        error={problems.concurrency}
        required
      >
        {(control) => (
          <NumberInput
            {...control}
            disabled={disabled}
            className="w-28!"
            value={node.concurrency}
            accepts={(many) => many !== null && Number.isInteger(many) && many >= 1 && many <= mostAtATime}
            onChange={(many) => many !== null && onChange({ ...node, concurrency: many }, "concurrency")}
          />
        )}
      </Field>
      <Field label="When an item fails">
        {(control) => (
          <Choice
            {...control}
            disabled={disabled}
            value={node.onItemError}
            options={onItemErrors}
            onChange={(onItemError) => onChange({ ...node, onItemError })}
          />
        )}
      </Field>
      <ResultField {...props} help="Of one item. Left empty: what the last step inside gives, when there is one alone." />
    </div>
  );
}

/** A try says what it is by what is inside of it. */
export function TryForm(props: NodeFormProps<TryNode>) {
  return (
    <div className="flex flex-col gap-6">
      <p className="text-muted text-sm">
        When a step inside fails, the rest of the inside is skipped, and the flow goes on by the port “error”. What a failure has
        done outside is not undone.
      </p>
      <ResultField {...props} help="Left empty: what the last step inside gives, when there is one alone." />
    </div>
  );
}

function ResultField<Node extends ForEachNode | TryNode>({
  node,
  document,
  context,
  problems,
  disabled,
  help,
  onChange,
}: NodeFormProps<Node> & { help: string }) {
  // It is resolved where the container ends, and sees what is inside.
  const { connectors, samples, flows } = context;
  const roots = useMemo(
    () => dataRoots(document, node.id, { connectors, samples, flows }, true),
    [document, node.id, connectors, samples, flows],
  );
  return (
    <ValueField
      label="Result"
      help={help}
      error={problems.result}
      type="any"
      value={node.result}
      roots={roots}
      expressionFirst
      disabled={disabled}
      onChange={(result: Json | undefined) => {
        const { result: _, ...rest } = node;
        // The rest of a container without its result is that container.
        onChange((result === undefined || result === "" ? rest : { ...node, result }) as Node, "result");
      }}
    />
  );
}
