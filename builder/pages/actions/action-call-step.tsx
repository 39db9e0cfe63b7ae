import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";
import { type ActionDraft, newCall } from "./action-draft.ts";
import { NewCall } from "./new-call.tsx";
import { ParameterUses } from "./parameter-uses.tsx";

const define = "";

/** The call of an action: one of the connector's endpoints, or a new one. */
export function ActionCall({
  document,
  draft,
  fieldProblem,
  onChange,
}: {
  document: ConnectorDraft;
  draft: ActionDraft;
  fieldProblem: (field: string) => string | undefined;
  onChange: (draft: ActionDraft) => void;
}) {
  const isNew = draft.saved === null;
  function choose(key: string): void {
    const endpoint = document.endpoints.find((each) => each.key === key) ?? newCall;
    const changed = { endpoint, saved: key === define ? null : key, uses: {}, inputs: {}, output: null };
    onChange({ ...draft, ...changed, sample: endpoint.responseSample });
  }
  return (
    <div className="flex flex-col gap-6">
      {document.endpoints.length > 0 && (
        <div className="max-w-form">
          <Field label="Call" required help="An action is exactly one API call.">
            {(control) => (
              <Choice
                {...control}
                value={draft.saved ?? define}
                options={[
                  { value: define, label: "Define a new call" },
                  ...document.endpoints.map(({ key, name, method }) => ({ value: key, label: `${name} · ${method}` })),
                ]}
                onChange={choose}
              />
            )}
          </Field>
        </div>
      )}
      {isNew ? (
        <NewCall document={document} draft={draft} fieldProblem={fieldProblem} onChange={onChange} />
      ) : (
        <ParameterUses draft={draft} parameters={draft.endpoint.parameters} onChange={onChange} />
      )}
    </div>
  );
}
