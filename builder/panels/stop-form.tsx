import type { StopNode } from "../../shared/flow/control-node.ts";
import { LabelledSegments } from "./labelled-segments.tsx";
import type { NodeFormProps } from "./node-form-props.ts";
import { TemplateField } from "./template-field.tsx";

/** How the run ends. */
export function StopForm({ node, roots, problems, disabled, onChange }: NodeFormProps<StopNode>) {
  return (
    <div className="flex flex-col gap-6">
      <LabelledSegments
        label="The run ends as"
        help="At once, whatever else runs."
        disabled={disabled}
        value={node.status}
        segments={[
          { value: "succeeded", label: "Succeeded" },
          { value: "failed", label: "Failed" },
        ]}
        onChange={(status) => onChange({ ...node, status })}
      />
      <TemplateField
        label="Message"
        help="Shown with the run."
        error={problems.message}
        value={node.message}
        maxLength={2_000}
        optional
        roots={roots}
        disabled={disabled}
        onChange={(message) => onChange({ ...node, message }, "message")}
      />
    </div>
  );
}
