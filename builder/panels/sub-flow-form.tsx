import { useQuery } from "@tanstack/react-query";
import type { SubFlowNode } from "../../shared/flow/control-node.ts";
import { flowsQuery } from "../api/queries.ts";
import { Field } from "../ui/field.tsx";
import { Choice } from "../ui/input.tsx";
import { LabelledSegments } from "./labelled-segments.tsx";
import type { NodeFormProps } from "./node-form-props.ts";
import { ObjectField } from "./object-field.tsx";

/** Which flow it starts, with what, and whether it waits for its end. */
export function SubFlowForm({ flow, node, roots, problems, disabled, onChange }: NodeFormProps<SubFlowNode>) {
  const { data } = useQuery(flowsQuery);
  const flows = (data?.flows ?? []).filter(({ id }) => id !== flow);
  const chosen = flows.find(({ id }) => id === node.flow);
  return (
    <div className="flex flex-col gap-6">
      <Field label="Flow" help={chosen && stateHelp(chosen.version, chosen.state)} error={problems.flow} required>
        {(control) => (
          <Choice
            {...control}
            disabled={disabled}
            value={node.flow === "" ? null : node.flow}
            empty="Choose a flow"
            options={[
              ...(node.flow === "" || chosen || !data
                ? []
                : [{ value: node.flow, label: "A flow that does not exist any more" }]),
              ...flows.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={(next) => onChange({ ...node, flow: next })}
          />
        )}
      </Field>
      <LabelledSegments
        label="This step"
        disabled={disabled}
        value={node.mode}
        segments={[
          { value: "wait", label: "Waits for its end" },
          { value: "start", label: "Only starts it" },
        ]}
        onChange={(mode) => onChange({ ...node, mode })}
      />
      <ObjectField
        label="Input"
        help="The other flow finds it as trigger.body."
        field="input"
        value={node.input}
        roots={roots}
        problems={problems}
        disabled={disabled}
        onChange={(input, group) => onChange({ ...node, input }, group)}
      />
    </div>
  );
}

function stateHelp(version: number | null, state: string): string {
  if (version === null) return "It is not published yet: it has to be before this step can start it.";
  return state === "paused" ? "It is paused." : `Its published version runs, which is number ${version} now.`;
}
