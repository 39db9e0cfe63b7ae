import type { TriggerNode } from "../../shared/flow/node.ts";
import { JsonInput } from "./json-input.tsx";
import type { NodeFormProps } from "./node-form-props.ts";

type Sampled = Extract<TriggerNode, { sample?: unknown }>;

/** The body that test runs and Run now begin with. */
export function SampleField<Node extends Sampled>({
  node,
  problems,
  disabled,
  help,
  onChange,
}: NodeFormProps<Node> & { help: string }) {
  return (
    <JsonInput
      label="Sample body"
      help={help}
      error={problems.sample}
      value={node.sample}
      roots={null}
      disabled={disabled}
      onChange={(sample) => {
        const { sample: _, ...rest } = node;
        // The rest of a trigger without its sample is that trigger.
        onChange((sample === undefined ? rest : { ...node, sample }) as Node, "sample");
      }}
    />
  );
}
