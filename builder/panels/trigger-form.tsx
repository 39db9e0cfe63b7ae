import type { ManualTriggerNode, WebhookTriggerNode } from "../../shared/flow/node.ts";
import { CaptureEvent } from "./capture-event.tsx";
import { HookSettings } from "./hook-settings.tsx";
import { JsonInput } from "./json-input.tsx";
import type { NodeFormProps } from "./node-form-props.ts";

/** A webhook trigger: where senders post to and how they prove themselves, and the sample that test runs use. */
export function WebhookTriggerForm(props: NodeFormProps<WebhookTriggerNode>) {
  const { flow, node, problems, disabled } = props;
  return (
    <div className="flex flex-col gap-6">
      <HookSettings flow={flow} node={node.id} problem={problems.hook} readOnly={disabled} />
      <SampleField {...props} help="What Run sends as trigger.body. Capture an event, or write one." />
      {!disabled && <CaptureEvent flow={flow} onCaptured={(sample) => props.onChange({ ...node, sample })} />}
    </div>
  );
}

export function ManualTriggerForm(props: NodeFormProps<ManualTriggerNode>) {
  return <SampleField {...props} help="What Run now sends as trigger.body, unless a person writes something else." />;
}

function SampleField<Node extends WebhookTriggerNode | ManualTriggerNode>({
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
