import { unreachable } from "../../shared/app-error.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import { AppTriggerForm } from "./app-trigger-form.tsx";
import { ApprovalForm } from "./approval-form.tsx";
import { CallAdvanced, CallForm } from "./call-form.tsx";
import { CodeForm, CodeLimit } from "./code-form.tsx";
import { ConditionsForm } from "./conditions-form.tsx";
import { HttpForm, HttpPolicy } from "./http-form.tsx";
import { ForEachForm, TryForm } from "./loop-forms.tsx";
import type { NodeFormProps } from "./node-form-props.ts";
import { ObjectField } from "./object-field.tsx";
import { RespondForm } from "./respond-form.tsx";
import { ScheduleTriggerForm } from "./schedule-form.tsx";
import { StepAdvanced, TriggerAdvanced } from "./step-advanced.tsx";
import { StopForm } from "./stop-form.tsx";
import { KeyValueForm, OnceForm } from "./store-forms.tsx";
import { SubFlowForm } from "./sub-flow-form.tsx";
import { SwitchForm } from "./switch-form.tsx";
import { ApiTriggerForm, ManualTriggerForm, WebhookTriggerForm } from "./trigger-form.tsx";
import { DelayForm, WaitForm } from "./wait-forms.tsx";

/** The form of a node's settings: those of its kind, and behind a fold what every step, or every trigger, has. */
export function NodeForm(props: NodeFormProps) {
  const { node, problems, disabled, onChange } = props;
  const problem = Object.entries(problems).find(([field]) => field.startsWith("secretPaths"))?.[1];
  if (isTrigger(node))
    return (
      <div className="flex flex-col gap-6">
        <KindForm {...props} />
        {node.kind !== "schedule-trigger" && (
          <TriggerAdvanced node={node} disabled={disabled} problem={problem} onChange={onChange} />
        )}
      </div>
    );
  return (
    <div className="flex flex-col gap-6">
      <KindForm {...props} />
      {node.kind !== "stop" && (
        <StepAdvanced node={node} disabled={disabled} problem={problem} onChange={onChange}>
          <OwnAdvanced {...props} />
        </StepAdvanced>
      )}
    </div>
  );
}

/** What a kind has behind the fold. */
function OwnAdvanced(props: NodeFormProps) {
  const { node } = props;
  switch (node.kind) {
    case "call":
      return <CallAdvanced {...props} node={node} />;
    case "http":
      return <HttpPolicy {...props} node={node} />;
    case "code":
      return <CodeLimit {...props} node={node} />;
    default:
      return null;
  }
}

function KindForm(props: NodeFormProps) {
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
    case "http":
      return <HttpForm {...props} node={node} />;
    case "code":
      return <CodeForm {...props} node={node} />;
    case "branch":
    case "filter":
      return <RuleForm {...props} node={node} />;
    case "switch":
      return <SwitchForm {...props} node={node} />;
    case "for-each":
      return <ForEachForm {...props} node={node} />;
    case "try":
      return <TryForm {...props} node={node} />;
    case "transform":
      return <TransformForm {...props} node={node} />;
    case "delay":
      return <DelayForm {...props} node={node} />;
    case "wait":
      return <WaitForm {...props} node={node} />;
    case "approval":
      return <ApprovalForm {...props} node={node} />;
    case "sub-flow":
      return <SubFlowForm {...props} node={node} />;
    case "key-value":
      return <KeyValueForm {...props} node={node} />;
    case "once":
      return <OnceForm {...props} node={node} />;
    case "stop":
      return <StopForm {...props} node={node} />;
    case "respond":
      return <RespondForm {...props} node={node} />;
    default:
      return unreachable(node);
  }
}

type Of<Kind extends FlowNode["kind"]> = NodeFormProps<Extract<FlowNode, { kind: Kind }>>;

function RuleForm({ node, roots, problems, disabled, onChange }: Of<"branch" | "filter">) {
  return (
    <div className="flex flex-col gap-4">
      {node.kind === "filter" && (
        <p className="text-muted text-sm">What comes after it runs only when this holds; else it is skipped.</p>
      )}
      <ConditionsForm
        rule={node}
        field="conditions"
        roots={roots}
        problems={problems}
        disabled={disabled}
        onChange={({ match, conditions }, group) => onChange({ ...node, match, conditions }, group)}
      />
    </div>
  );
}

function TransformForm({ node, roots, problems, disabled, onChange }: Of<"transform">) {
  return (
    <ObjectField
      label="Gives"
      help="What the steps after this one can use."
      field="output"
      value={node.output}
      roots={roots}
      problems={problems}
      disabled={disabled}
      onChange={(output, group) => onChange({ ...node, output }, group)}
    />
  );
}
