import type { ApiTriggerNode, ManualTriggerNode, WebhookTriggerNode } from "../../shared/flow/node.ts";
import { Field } from "../ui/field.tsx";
import { Choice } from "../ui/input.tsx";
import { CaptureEvent } from "./capture-event.tsx";
import { FormFieldsEditor } from "./form-fields-editor.tsx";
import { HookSettings } from "./hook-settings.tsx";
import type { NodeFormProps } from "./node-form-props.ts";
import { SampleField } from "./sample-field.tsx";

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

/** A person starts it, with a form of the flow's own where it has one. */
export function ManualTriggerForm(props: NodeFormProps<ManualTriggerNode>) {
  const { node, problems, disabled, onChange } = props;
  return (
    <div className="flex flex-col gap-6">
      <FormFieldsEditor
        fields={node.form ?? []}
        problems={problems}
        disabled={disabled}
        onChange={(form, group) => {
          const { form: _, ...rest } = node;
          onChange(form.length === 0 ? rest : { ...node, form }, group);
        }}
      />
      <SampleField {...props} help="What Run now sends as trigger.body, unless a person fills in something else." />
    </div>
  );
}

const answers = [
  { value: "sync", label: "What the flow's respond step says" },
  { value: "async", label: "The run's id at once" },
] as const;

/** Another program starts it by a call with a token. */
export function ApiTriggerForm(props: NodeFormProps<ApiTriggerNode>) {
  const { flow, node, problems, disabled, onChange } = props;
  return (
    <div className="flex flex-col gap-6">
      <Field
        label="The caller gets"
        help={
          node.answer === "sync"
            ? "It waits for the respond step; when that takes too long it gets 202 and the run's address."
            : "202 with the address at which it can ask for the result."
        }
      >
        {(control) => (
          <Choice
            {...control}
            disabled={disabled}
            value={node.answer}
            options={answers}
            onChange={(answer) => onChange({ ...node, answer })}
          />
        )}
      </Field>
      <HookSettings flow={flow} node={node.id} api problem={problems.hook} readOnly={disabled} />
      <SampleField {...props} help="What Run sends as trigger.body." />
    </div>
  );
}
