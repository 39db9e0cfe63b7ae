import type { RespondNode } from "../../shared/flow/node.ts";
import type { DelayNode } from "../../shared/flow/wait-node.ts";
import { Field } from "../ui/field.tsx";
import { NumberInput } from "../ui/number-input.tsx";
import { AppTriggerForm } from "./app-trigger-form.tsx";
import { CallForm } from "./call-form.tsx";
import { ConditionsForm } from "./conditions-form.tsx";
import { DurationInput } from "./duration-input.tsx";
import type { NodeFormProps } from "./node-form-props.ts";
import { ObjectField } from "./object-field.tsx";
import { ScheduleTriggerForm } from "./schedule-form.tsx";
import { SwitchForm } from "./switch-form.tsx";
import { ApiTriggerForm, ManualTriggerForm, WebhookTriggerForm } from "./trigger-form.tsx";
import { ValueField } from "./value-field.tsx";

const longestDelayMs = 366 * 86_400_000;

/** The form of a node's settings, by its kind. */
export function NodeForm(props: NodeFormProps) {
  const { node } = props;
  switch (node.kind) {
    case "webhook-trigger":
      return <WebhookTriggerForm {...props} node={node} />;
    case "manual-trigger":
      return <ManualTriggerForm {...props} node={node} />;
    case "app-trigger":
      return <AppTriggerForm {...props} node={node} />;
    case "schedule-trigger":
      return <ScheduleTriggerForm {...props} node={node} />;
    case "api-trigger":
      return <ApiTriggerForm {...props} node={node} />;
    case "call":
      return <CallForm {...props} node={node} />;
    case "branch":
      return (
        <ConditionsForm
          rule={node}
          field="conditions"
          roots={props.roots}
          problems={props.problems}
          disabled={props.disabled}
          onChange={({ match, conditions }, group) => props.onChange({ ...node, match, conditions }, group)}
        />
      );
    case "switch":
      return <SwitchForm {...props} node={node} />;
    case "transform":
      return (
        <ObjectField
          label="Gives"
          help="What the steps after this one can use."
          field="output"
          value={node.output}
          roots={props.roots}
          problems={props.problems}
          disabled={props.disabled}
          onChange={(output, group) => props.onChange({ ...node, output }, group)}
        />
      );
    case "delay":
      return <DelayForm {...props} node={node} />;
    case "respond":
      return <RespondForm {...props} node={node} />;
    default:
      return null;
  }
}

function DelayForm({ node, roots, problems, disabled, onChange }: NodeFormProps<DelayNode>) {
  return (
    <ValueField
      label="Wait"
      help="At most 366 days. An expression gives milliseconds."
      type="integer"
      required
      value={node.delayMs}
      roots={roots}
      disabled={disabled}
      error={problems.delayMs}
      onChange={(value) =>
        onChange({ ...node, delayMs: typeof value === "number" && value >= 0 ? value : String(value ?? "") }, "delay")
      }
      fixed={(control) => (
        <DurationInput
          control={control}
          value={typeof node.delayMs === "number" ? node.delayMs : null}
          maxMs={longestDelayMs}
          disabled={disabled}
          onChange={(ms) => onChange({ ...node, delayMs: ms ?? "" }, "delay")}
        />
      )}
    />
  );
}

function RespondForm({ node, roots, problems, disabled, onChange }: NodeFormProps<RespondNode>) {
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

function headerTexts(value: unknown): Record<string, string> | null {
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return null;
  const entries = Object.entries(value).map(
    ([name, text]) => [name, typeof text === "string" ? text : JSON.stringify(text)] as const,
  );
  return Object.fromEntries(entries);
}
