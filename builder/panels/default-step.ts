import type { RunView, StepView } from "../../shared/run/run-view.ts";

/**
 * The step that a person who opens the run wants to see: where it failed, else where it waits for them, else where it is, else
 * the last one that did something.
 */
export function defaultStep(view: RunView): string | null {
  const steps = Object.values(view.steps);
  const failedAt = view.error?.node;
  if (failedAt !== undefined && view.steps[failedAt]) return failedAt;
  const found =
    (view.status === "failed" ? latest(steps.filter((step) => step.status === "failed")) : undefined) ??
    latest(steps.filter((step) => step.reason === "outcome-unknown")) ??
    latest(steps.filter((step) => step.status === "running")) ??
    latest(steps.filter((step) => step.status === "waiting")) ??
    latest(steps.filter((step) => step.status === "succeeded" || step.status === "failed")) ??
    latest(steps);
  return found?.node ?? null;
}

function latest(steps: StepView[]): StepView | undefined {
  const time = (step: StepView) => step.finishedAt ?? step.startedAt ?? 0;
  return steps.reduce<StepView | undefined>((last, step) => (!last || time(step) >= time(last) ? step : last), undefined);
}
