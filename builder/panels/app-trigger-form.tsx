import { credentialFields } from "../../shared/connector/auth-scheme.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Trigger } from "../../shared/connector/trigger.ts";
import type { AppTriggerNode } from "../../shared/flow/node.ts";
import { Field } from "../ui/field.tsx";
import { Choice } from "../ui/input.tsx";
import { CaptureEvent } from "./capture-event.tsx";
import { ConnectionField } from "./connection-field.tsx";
import { HookSettings } from "./hook-settings.tsx";
import type { NodeFormProps } from "./node-form-props.ts";
import { PollState } from "./poll-state.tsx";
import { SampleField } from "./sample-field.tsx";
import { TriggerInputs } from "./trigger-inputs.tsx";

/** A connector's trigger: which one, through which connection, its form, and how its events come. */
export function AppTriggerForm(props: NodeFormProps<AppTriggerNode>) {
  const { flow, node, context, problems, disabled, onChange } = props;
  const connector = context.connectors.get(node.connector);
  if (!connector)
    return <p className="text-muted text-sm">The connector “{node.connector}” is being loaded, or does not exist.</p>;
  const trigger = connector.triggers?.find(({ key }) => key === node.trigger);
  const webhook = webhookOf(connector, trigger);
  // A provider that pushes by itself is never called.
  const needsCalls = webhook === undefined || webhook.kind === "resthook";
  return (
    <div className="flex flex-col gap-6">
      <TriggerChoice connector={connector} trigger={trigger} {...props} />
      {trigger && needsCalls && credentialFields(connector.auth).length > 0 && (
        <ConnectionField
          connector={connector}
          connections={context.connections.filter((each) => each.connector.key === node.connector)}
          value={node.connection}
          error={problems.connection}
          disabled={disabled}
          onChange={(connection) => onChange({ ...node, connection })}
        />
      )}
      {trigger && (
        <TriggerInputs
          document={connector}
          version={context.used[node.connector]}
          form={trigger.form}
          inputs={node.inputs}
          labels={node.labels ?? {}}
          connection={node.connection}
          problems={problems}
          disabled={disabled}
          onChange={(inputs, { key, label }) => {
            const { [key]: _, ...others } = node.labels ?? {};
            onChange({ ...node, inputs, labels: label === undefined ? others : { ...others, [key]: label } }, `inputs.${key}`);
          }}
        />
      )}
      {webhook && <HookSettings flow={flow} node={node.id} webhook={webhook} problem={problems.hook} readOnly={disabled} />}
      {trigger?.source.kind === "poll" && <PollState flow={flow} node={node.id} source={trigger.source} readOnly={disabled} />}
      <SampleField {...props} help="What Run sends in place of an event; left out, the sample of the trigger." />
      {webhook && webhook.kind !== "global" && !disabled && (
        <CaptureEvent flow={flow} onCaptured={(sample) => onChange({ ...node, sample })} />
      )}
    </div>
  );
}

function webhookOf({ incomingWebhooks }: ConnectorDraft, trigger: Trigger | undefined) {
  const source = trigger?.source;
  return source?.kind === "webhook" ? incomingWebhooks.find(({ key }) => key === source.webhook) : undefined;
}

function TriggerChoice({
  connector,
  trigger,
  node,
  problems,
  disabled,
  onChange,
}: NodeFormProps<AppTriggerNode> & { connector: ConnectorDraft; trigger: Trigger | undefined }) {
  const offered = (connector.triggers ?? []).filter(({ places }) => places.includes("flows"));
  return (
    <Field label="Trigger" help={trigger?.description || undefined} error={problems.trigger} required>
      {(control) => (
        <Choice
          {...control}
          disabled={disabled}
          value={node.trigger}
          options={[
            ...(offered.some(({ key }) => key === node.trigger)
              ? []
              : [{ value: node.trigger, label: `${node.trigger} (not there any more)` }]),
            ...offered.map(({ key, name }) => ({ value: key, label: name })),
          ]}
          onChange={(chosen) => onChange({ ...node, trigger: chosen, inputs: {} })}
        />
      )}
    </Field>
  );
}
