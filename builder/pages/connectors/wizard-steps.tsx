import { clsx } from "clsx";
import { Check } from "lucide-react";

/** Earlier steps can be gone back to; later ones come by Next, unless all that they need is there (`open`). */
export function WizardSteps<Step extends string>({
  steps,
  step,
  open = false,
  onStep,
}: {
  steps: readonly Step[];
  step: Step;
  open?: boolean;
  onStep: (step: Step) => void;
}) {
  const at = steps.indexOf(step);
  return (
    <ol aria-label="Steps" className="flex flex-wrap items-center gap-x-1.5 gap-y-1 text-sm">
      {steps.map((each, index) => (
        <li key={each} className="flex items-center gap-1.5">
          {index > 0 && <span aria-hidden="true" className="h-px w-2 bg-line-strong" />}
          <button
            type="button"
            disabled={index > at && !open}
            aria-current={each === step ? "step" : undefined}
            onClick={() => onStep(each)}
            className={clsx(
              "flex items-center gap-1.5 rounded-control px-0.5 py-0.5",
              each === step ? "font-medium" : "text-muted enabled:hover:text-text",
            )}
          >
            <span
              className={clsx(
                "flex size-5 items-center justify-center rounded-full text-xs tabular-nums",
                index < at ? "bg-succeeded-tint text-succeeded-text" : each === step ? "bg-accent text-on-accent" : "bg-pressed",
              )}
            >
              {index < at ? <Check aria-label="done" className="size-3" /> : index + 1}
            </span>
            {each}
          </button>
        </li>
      ))}
    </ol>
  );
}
