import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { actionProblem } from "../../../shared/connector/check-action.ts";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { endpointKey } from "../connectors/endpoint-key.ts";
import type { LoadedConnector } from "../connectors/loaded-connector.ts";
import { useConnectorEdit } from "../connectors/use-connector-edit.ts";
import { WizardSteps } from "../connectors/wizard-steps.tsx";
import { ActionCall } from "./action-call-step.tsx";
import { ActionDetails } from "./action-details.tsx";
import { type ActionDraft, actionOf, namedCall } from "./action-draft.ts";
import { ActionOutput } from "./action-output.tsx";
import { ActionReview } from "./action-review.tsx";
import { ActionTest } from "./action-test.tsx";

const steps = ["Details", "API call", "Test", "Output", "Review"] as const;
type Step = (typeof steps)[number];

/** Details, API call, Test, Output, Review: one action from its name to what it gives. */
export function ActionWizard({
  loaded,
  start,
  replaces,
  onClose,
}: {
  loaded: LoadedConnector;
  start: ActionDraft;
  /** Key of the action that is changed; null: a new one. */
  replaces: string | null;
  onClose: () => void;
}) {
  const [draft, setDraft] = useState(start);
  const [step, setStep] = useState<Step>("Details");
  const edit = useConnectorEdit(loaded);
  const { document } = loaded;
  const at = steps.indexOf(step);
  const taken = (document.actions ?? []).flatMap(({ key }) => (key === replaces ? [] : [key]));
  const action = actionOf(draft, replaces ?? endpointKey(draft.name, taken));
  const waitsFor = missing(step, draft) ?? (step === "Review" ? (actionProblem(document, action)?.message ?? null) : null);

  /** A test calls what is saved, so the call is saved before it. */
  async function saveCall(): Promise<boolean> {
    const others = document.endpoints.map(({ key }) => key).filter((key) => key !== draft.saved);
    const endpoint = namedCall(draft, others);
    const known = document.endpoints.find(({ key }) => key === draft.saved);
    if (known && JSON.stringify(known) === JSON.stringify(endpoint)) return true;
    if (!(await edit.save({ edit: "endpoint", replaces: draft.saved, endpoint }))) return false;
    // What was typed meanwhile is not saved yet, and stays.
    setDraft((now) => ({ ...now, endpoint: now === draft ? endpoint : now.endpoint, saved: endpoint.key }));
    return true;
  }

  async function next(): Promise<void> {
    if (step === "API call" && !(await saveCall())) return;
    setStep(steps[at + 1] ?? step);
  }

  async function save(): Promise<void> {
    if (await edit.save({ edit: "action", replaces, action })) onClose();
  }

  return (
    <section aria-label={replaces === null ? "Create action" : "Edit action"} className="flex max-w-reading flex-col gap-6 p-6">
      <div className="flex items-start gap-3">
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <h2 className="font-semibold text-xl">{replaces === null ? "Create action" : `Edit “${start.name}”`}</h2>
          <p className="text-muted text-sm">{leads[step]}</p>
        </div>
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
      <WizardSteps steps={steps} step={step} onStep={setStep} />
      {step === "Details" && <ActionDetails draft={draft} onChange={setDraft} />}
      {step === "API call" && (
        <ActionCall document={document} draft={draft} fieldProblem={edit.fieldProblem} onChange={setDraft} />
      )}
      {step === "Test" && <ActionTest loaded={loaded} draft={draft} action={action} onChange={setDraft} />}
      {step === "Output" && <ActionOutput draft={draft} onChange={setDraft} />}
      {step === "Review" && <ActionReview document={document} action={action} />}
      {edit.problem && <ProblemLine text={edit.problem} />}
      <div className="flex items-center gap-3 border-line border-t pt-4">
        {at > 0 && (
          <Button onClick={() => setStep(steps[at - 1] ?? step)}>
            <ArrowLeft aria-hidden="true" />
            Back
          </Button>
        )}
        <p className="min-w-0 flex-1 text-right text-muted text-sm">{waitsFor}</p>
        {step === "Review" ? (
          <Button look="primary" busy={edit.saving} disabled={waitsFor !== null} onClick={() => void save()}>
            Save
          </Button>
        ) : (
          <Button look="primary" busy={edit.saving} disabled={waitsFor !== null} onClick={() => void next()}>
            Next
          </Button>
        )}
      </div>
    </section>
  );
}

const leads: Record<Step, string> = {
  Details: "What the action is called, and what it is for.",
  "API call": "The single call that it makes, and what becomes of each of its parameters.",
  Test: "Call the API with sample values and look at the answer.",
  Output: "The fields that people who use this action get.",
  Review: "Look at everything once more.",
};

/** What the step still needs before the next one; null: nothing. */
function missing(step: Step, { name, endpoint }: ActionDraft): string | null {
  if (step === "Details" && name.trim() === "") return "Enter a name.";
  if (step === "API call" && !endpoint.path.startsWith("/")) return "The API endpoint URL must be below the base URL.";
  return null;
}
