import type { FlowNode } from "../../shared/flow/node.ts";
import type { DelayNode, WaitNode } from "../../shared/flow/wait-node.ts";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field } from "../ui/field.tsx";
import { Choice } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { CopiedLine } from "./copied-line.tsx";
import type { NodeFormProps } from "./node-form-props.ts";
import { SpanField } from "./span-field.tsx";
import { TemplateField } from "./template-field.tsx";

/** Waits for a while, or until a time. */
export function DelayForm({ node, roots, problems, disabled, onChange }: NodeFormProps<DelayNode>) {
  return (
    <div className="flex flex-col gap-4">
      <Segmented
        label="The delay ends"
        value={node.until === undefined ? "for" : "until"}
        segments={[
          { value: "for", label: "After a while" },
          { value: "until", label: "At a time" },
        ]}
        onChange={(way) => {
          const { until: _, ...rest } = node;
          if (!disabled) onChange(way === "for" ? rest : { ...node, until: node.until ?? "" });
        }}
      />
      {node.until === undefined ? (
        <SpanField
          label="Wait"
          error={problems.delayMs}
          value={node.delayMs}
          roots={roots}
          disabled={disabled}
          onChange={(delayMs) => onChange({ ...node, delayMs }, "delay")}
        />
      ) : (
        <TemplateField
          label="Until"
          help="ISO 8601, e.g. 2027-01-31T09:00:00Z, or milliseconds since 1970. A time that has passed is waited for no longer."
          error={problems.until}
          value={node.until}
          maxLength={2_000}
          optional
          roots={roots}
          disabled={disabled}
          onChange={(until) => onChange({ ...node, until }, "until")}
        />
      )}
    </div>
  );
}

/** Waits for a call of its URL, or for an event that belongs to this run. */
export function WaitForm({ document, node, roots, problems, disabled, onChange }: NodeFormProps<WaitNode>) {
  const triggers = document.nodes.filter(bringsEvents);
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-1.5">
        <p className="text-muted text-sm">
          Each wait has a signed URL of its own: a POST to it ends the wait, and what was sent is the step's output. Other steps,
          also earlier ones, know it as:
        </p>
        <CopiedLine text={`{{steps.${node.id}.url}}`} what="template of the URL" />
      </div>
      <SpanField
        label="At most"
        help="Then it leaves by “timeout”, or fails where no edge leaves there."
        error={problems.deadlineMs}
        value={node.deadlineMs}
        roots={roots}
        disabled={disabled}
        onChange={(deadlineMs) => onChange({ ...node, deadlineMs }, "deadline")}
      />
      <Correlation {...{ node, triggers, roots, problems, disabled, onChange }} />
    </div>
  );
}

function bringsEvents({ kind }: FlowNode): boolean {
  return kind === "webhook-trigger" || kind === "app-trigger";
}

function Correlation({
  node,
  triggers,
  roots,
  problems,
  disabled,
  onChange,
}: Pick<NodeFormProps<WaitNode>, "node" | "roots" | "problems" | "disabled" | "onChange"> & { triggers: readonly FlowNode[] }) {
  const { correlation, ...alone } = node;
  const [first] = triggers;
  if (!correlation && !first)
    return <p className="text-muted text-xs">A flow with a webhook or app trigger can also wait for a matching event of it.</p>;
  return (
    <section aria-label="Matching event" className="flex flex-col gap-4">
      <Checkbox
        checked={correlation !== undefined}
        disabled={disabled}
        onChange={(on) =>
          onChange(on && first ? { ...node, correlation: { key: "{{trigger.body.id}}", trigger: first.id, path: "id" } } : alone)
        }
      >
        A matching event ends it too
      </Checkbox>
      {correlation && (
        <div className="flex flex-col gap-4 border-line border-l-2 pl-4">
          <Field label="Event of" error={problems["correlation.trigger"]} required>
            {(control) => (
              <Choice
                {...control}
                disabled={disabled}
                value={correlation.trigger}
                options={[
                  ...(triggers.some(({ id }) => id === correlation.trigger)
                    ? []
                    : [{ value: correlation.trigger, label: `${correlation.trigger} (not there any more)` }]),
                  ...triggers.map(({ id, name }) => ({ value: id, label: name })),
                ]}
                onChange={(trigger) => onChange({ ...node, correlation: { ...correlation, trigger } })}
              />
            )}
          </Field>
          <TemplateField
            label="Whose value at"
            help="A path in the event's body, e.g. order.id."
            error={problems["correlation.path"]}
            value={correlation.path}
            maxLength={300}
            roots={null}
            disabled={disabled}
            onChange={(path) => onChange({ ...node, correlation: { ...correlation, path } }, "path")}
          />
          <TemplateField
            label="Equals"
            help="Such an event starts no run of its own."
            error={problems["correlation.key"]}
            value={correlation.key}
            maxLength={2_000}
            roots={roots}
            disabled={disabled}
            onChange={(key) => onChange({ ...node, correlation: { ...correlation, key } }, "key")}
          />
        </div>
      )}
    </section>
  );
}
