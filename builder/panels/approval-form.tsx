import { useQuery } from "@tanstack/react-query";
import type { ApprovalNode } from "../../shared/flow/wait-node.ts";
import { peopleQuery } from "../api/queries.ts";
import { Checkbox } from "../ui/checkbox.tsx";
import { CopiedLine } from "./copied-line.tsx";
import { FormFieldsEditor } from "./form-fields-editor.tsx";
import type { NodeFormProps } from "./node-form-props.ts";
import { SpanField } from "./span-field.tsx";
import { TemplateField } from "./template-field.tsx";

/** What a person is asked, who may answer, and how long they have. */
export function ApprovalForm({ node, roots, problems, disabled, onChange }: NodeFormProps<ApprovalNode>) {
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-1.5">
        <p className="text-muted text-sm">
          It is decided on a page of its own, which works on a phone, or in the run. Other steps, also earlier ones, know the
          page's link as:
        </p>
        <CopiedLine text={`{{steps.${node.id}.url}}`} what="template of the link" />
      </div>
      <TemplateField
        label="Title"
        help="The question, as its page shows it."
        error={problems.title}
        value={node.title}
        maxLength={500}
        roots={roots}
        disabled={disabled}
        onChange={(title) => onChange({ ...node, title }, "title")}
      />
      <TemplateField
        label="Description"
        error={problems.description}
        value={node.description}
        maxLength={8_000}
        optional
        roots={roots}
        disabled={disabled}
        onChange={(description) => onChange({ ...node, description }, "description")}
      />
      <FormFieldsEditor
        fields={node.form}
        help="What the person fills in with the decision; none: they only approve or reject."
        problems={problems}
        disabled={disabled}
        onChange={(form, group) => onChange({ ...node, form }, group)}
      />
      <Approvers
        chosen={node.approvers}
        error={problems.approvers}
        disabled={disabled}
        onChange={(approvers) => onChange({ ...node, approvers })}
      />
      <SpanField
        label="At most"
        help="Then it leaves by “timeout”, or fails where no edge leaves there."
        error={problems.deadlineMs}
        value={node.deadlineMs}
        roots={roots}
        disabled={disabled}
        onChange={(deadlineMs) => onChange({ ...node, deadlineMs }, "deadline")}
      />
    </div>
  );
}

/** People who may decide. Who they are only an administrator is told; anyone else sees how many there are. */
function Approvers({
  chosen,
  error,
  disabled,
  onChange,
}: {
  chosen: readonly string[];
  error: string | undefined;
  disabled: boolean;
  onChange: (approvers: string[]) => void;
}) {
  const { data, isError } = useQuery(peopleQuery);
  const people = data?.people ?? [];
  const gone = data ? chosen.filter((id) => !people.some((person) => person.id === id)) : [];
  const toggle = (id: string, on: boolean) => onChange(on ? [...chosen, id] : chosen.filter((other) => other !== id));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2" disabled={disabled}>
      <legend className="mb-1.5 font-medium text-sm">Who may decide</legend>
      {people.map(({ id, name, email }) => (
        <Checkbox key={id} checked={chosen.includes(id)} disabled={disabled} onChange={(on) => toggle(id, on)}>
          {name} <span className="text-muted">{email}</span>
        </Checkbox>
      ))}
      {gone.map((id) => (
        <Checkbox key={id} checked disabled={disabled} onChange={() => toggle(id, false)}>
          Somebody who is not here any more
        </Checkbox>
      ))}
      {error && (
        <p role="alert" className="text-failed-text text-xs">
          {error}
        </p>
      )}
      <p className="text-muted text-xs">
        {chosen.length === 0 ? "Nobody is chosen: everybody who has the link may decide." : "They have to be signed in."}
        {isError && chosen.length > 0 && ` ${chosen.length} chosen.`}
        {isError && " Only an administrator can choose people."}
      </p>
    </fieldset>
  );
}
