import type { FlowVersion } from "../../../shared/api/runs.ts";
import type { RunView, StepView } from "../../../shared/run/run-view.ts";
import { waitingStep } from "../../canvas/shown-path.ts";
import { stepName } from "../../panels/rerun-steps.ts";
import { waitWords } from "../../panels/wait-words.ts";
import { counted } from "../../ui/counted.ts";

/** The run in one sentence: `text`, and the step it speaks of, whose name stands in the middle of `before` and `after`. */
export type Verdict = { before: string; step: { id: string; name: string } | null; after: string };

/** Did it work; if not, where did it stop and why. */
export function verdictOf(view: RunView, version: FlowVersion): Verdict {
  const steps = Object.values(view.steps);
  const count = (status: string) => steps.filter((step) => step.status === status).length;
  /** Those of loops that were journaled together are not among the view's steps. */
  const done = () => count("succeeded") + view.pureSteps;
  const named = (id: string | undefined) => {
    const node = version.document.nodes.find((each) => each.id === id);
    return node ? { id: node.id, name: node.name } : null;
  };
  switch (view.status) {
    case "queued":
      if (view.awaitsTurn === null) return plain("Stored, and waiting for a worker to take it.");
      return plain(
        `Waits for its turn: ${number(view.awaitsTurn)} of ${number(view.awaitsTurn)} runs of this flow ${view.awaitsTurn === 1 ? "is" : "are"} going on.`,
      );
    case "running": {
      const step = named(steps.findLast((each) => each.status === "running")?.node);
      if (view.cancelRequested) return plain("Canceling: it stops before its next step.");
      return step ? { before: "Now at ", step, after: "." } : plain("Going on to the next step.");
    }
    case "waiting": {
      const waiting = waitingStep(view);
      const after = waiting?.reason ? ` waits ${waitWords[waiting.reason]}${othersToo(steps, waiting)}.` : " waits.";
      const step = named(waiting?.node);
      return { before: "", step: step && { ...step, name: stepName(step.name, waiting?.iteration ?? []) }, after };
    }
    case "succeeded": {
      const skipped = count("skipped");
      const failed = count("failed");
      const passedOver = failed > 0 ? `, ${number(failed)} failed and passed over` : "";
      return plain(`${inSteps(done())} done${skipped > 0 ? `, ${number(skipped)} skipped` : ""}${passedOver}.`);
    }
    case "failed": {
      const failed = steps.filter((each) => each.status === "failed").at(-1);
      const step = named(view.error?.node ?? failed?.node);
      const why = view.error?.message ?? failed?.error?.message ?? "";
      return step ? { before: "Stopped at ", step, after: why && `: ${why}` } : plain(why);
    }
    case "canceled":
      if (view.error) return plain(`Canceled: ${view.error.message}.`);
      // What a loop repeats has no number that one could be of.
      return steps.some(({ container }) => container?.count != null)
        ? plain(`Canceled after ${inSteps(done())}.`)
        : plain(`Canceled after ${done()} of ${version.document.nodes.length} steps.`);
  }
}

/** Each call of unknown outcome is decided by itself. */
function othersToo(steps: readonly StepView[], { reason }: StepView): string {
  const others = reason === "outcome-unknown" ? steps.filter((step) => step.reason === reason).length - 1 : 0;
  return others === 0 ? "" : `, and so ${others === 1 ? "does" : "do"} ${counted(others, "other step")}`;
}

function number(value: number): string {
  return value.toLocaleString("en");
}

function inSteps(value: number): string {
  return `${number(value)} ${value === 1 ? "step" : "steps"}`;
}

function plain(text: string): Verdict {
  return { before: text, step: null, after: "" };
}
