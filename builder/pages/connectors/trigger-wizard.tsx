import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import type { Trigger } from "../../../shared/connector/trigger.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { TriggerBasics } from "./trigger-basics.tsx";
import {
  draftOfTrigger,
  keyOf,
  missingFields,
  missingInStep,
  newTriggerDraft,
  readTrigger,
  stepOf,
  type TriggerDraft,
  type TriggerStep,
  triggerSteps,
} from "./trigger-draft.ts";
import { TriggerFields } from "./trigger-fields.tsx";
import { TriggerSource } from "./trigger-source.tsx";
import { TriggerTest } from "./trigger-test.tsx";
import { TriggerTransformation } from "./trigger-transformation.tsx";
import { placeWords } from "./trigger-words.ts";
import { useConnectorEdit } from "./use-connector-edit.ts";
import { useFocusOnProblem } from "./use-focus-on-problem.ts";
import { useLeaveQuestion } from "./use-leave-question.ts";
import { WizardSteps } from "./wizard-steps.tsx";

/** Basics, source, where it may be used, form, transformation, test: one trigger from its name to what flows get. */
export default function TriggerWizard({
  loaded,
  trigger: given,
  mayTest,
  onClose,
}: {
  loaded: LoadedConnector;
  /** Null: a new one. */
  trigger: Trigger | null;
  mayTest: boolean;
  onClose: () => void;
}) {
  const { document } = loaded;
  const [draft, setDraft] = useState<TriggerDraft>(() => (given ? draftOfTrigger(given, document) : newTriggerDraft(document)));
  const [step, setStep] = useState<TriggerStep>("Basics");
  /** As it is saved: a test is of that. */
  const [saved, setSaved] = useState({ key: given?.key ?? null, draft: given ? draft : null });
  const [unread, setUnread] = useState<Record<string, string>>({});
  const edit = useConnectorEdit(loaded);
  const steps = mayTest ? triggerSteps : triggerSteps.slice(0, -1);
  const at = steps.indexOf(step);
  const isLast = at === steps.length - 1;
  const taken = (document.triggers ?? []).flatMap(({ key }) => (key === saved.key ? [] : [key]));
  const key = keyOf(draft, taken);
  const known = { key, lacking: missingFields(draft, document) };
  const waitsFor = missingInStep(step, draft, known);
  const dirty = draft !== saved.draft;
  const problems = Object.keys(unread).length > 0 ? unread : edit.fieldProblems;
  useLeaveQuestion(dirty && (saved.draft !== null || draft.name !== ""), "Leave without saving the trigger?");

  function change(next: TriggerDraft): void {
    setDraft(next);
    setUnread({});
    edit.forgetProblem();
  }

  /** What is wrong is shown in the step where it can be put right. */
  async function save(): Promise<boolean> {
    if (!dirty) return true;
    const open = steps.find((each) => missingInStep(each, draft, known) !== null);
    if (open) {
      setStep(open);
      return false;
    }
    const { trigger, problems: found } = readTrigger(draft, key);
    const [field] = Object.keys(found ?? {});
    setUnread(found ?? {});
    if (field !== undefined) setStep(stepOf(field));
    if (!trigger) return false;
    const outcome = await edit.trySave({ edit: "trigger", replaces: saved.key, trigger });
    const [refused] = Object.keys(outcome.problems);
    if (refused !== undefined) setStep(stepOf(refused));
    if (!outcome.saved) return false;
    const kept = { ...draft, key };
    // What was typed meanwhile is not saved yet, and stays.
    setDraft((now) => (now === draft ? kept : { ...now, key }));
    setSaved({ key, draft: kept });
    return true;
  }

  async function go(to: TriggerStep): Promise<void> {
    if (to === "Test" && !(await save())) return;
    setStep(to);
  }

  const parts = { document, draft, problem: problems, onChange: change };
  const [first] = Object.values(problems);
  const said = first === undefined ? edit.problem : `Not saved: ${first}.`;
  const place = useFocusOnProblem<HTMLElement>(problems);
  return (
    <section ref={place} aria-label={given ? "Edit trigger" : "Create trigger"} className="flex max-w-reading flex-col gap-6 p-6">
      <div className="flex items-start gap-3">
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <h2 className="font-semibold text-xl">{given ? `Edit “${given.name}”` : "Create trigger"}</h2>
          <p className="text-muted text-sm">{leads[step]}</p>
        </div>
        <Button look="quiet" onClick={onClose}>
          {saved.draft && !dirty ? "Close" : "Cancel"}
        </Button>
      </div>
      <WizardSteps steps={steps} step={step} open={saved.key !== null} onStep={(next) => void go(next)} />
      {step === "Basics" && <TriggerBasics {...parts} derivedKey={key} />}
      {step === "Source" && <TriggerSource {...parts} />}
      {step === "Places" && <TriggerPlaces draft={draft} onChange={change} />}
      {step === "Form" && <TriggerFields {...parts} />}
      {step === "Transformation" && <TriggerTransformation {...parts} />}
      {step === "Test" && <TriggerTest {...parts} trigger={saved.key ?? key} dirty={dirty} onSave={save} />}
      {said && <ProblemLine text={said} />}
      <div className="flex items-center gap-3 border-line border-t pt-4">
        {at > 0 && (
          <Button onClick={() => setStep(steps[at - 1] ?? step)}>
            <ArrowLeft aria-hidden="true" />
            Back
          </Button>
        )}
        <p className="min-w-0 flex-1 text-right text-muted text-sm">{waitsFor}</p>
        <Button
          look="primary"
          busy={edit.saving}
          disabled={waitsFor !== null}
          onClick={() => void (isLast ? save().then((done) => done && onClose()) : go(steps[at + 1] ?? step))}
        >
          {isLast ? (dirty ? "Save trigger" : "Done") : steps[at + 1] === "Test" && dirty ? "Save and test" : "Next"}
        </Button>
      </div>
    </section>
  );
}

const leads: Record<TriggerStep, string> = {
  Basics: "What the trigger is called, and what it is for.",
  Source: "Where its events come from, and which of them count.",
  Places: "Where it may be used.",
  Form: "What whoever uses the trigger fills in.",
  Transformation: "What the steps after it get.",
  Test: "Try it with an event and look at what flows would get.",
};

function TriggerPlaces({ draft, onChange }: { draft: TriggerDraft; onChange: (draft: TriggerDraft) => void }) {
  const all = ["flows", "workbooks"] as const;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-3 font-medium text-sm">It may be used in</legend>
      {all.map((place) => (
        <Checkbox
          key={place}
          checked={draft.places.includes(place)}
          onChange={(on) =>
            onChange({ ...draft, places: all.filter((each) => (each === place ? on : draft.places.includes(each))) })
          }
        >
          {placeWords[place]}
          <span className="block text-muted text-xs">{placeHelp[place]}</span>
        </Checkbox>
      ))}
    </fieldset>
  );
}

const placeHelp = {
  flows: "A flow begins with it.",
  workbooks: "A workbook is filled by it.",
} as const;
