import { isUnavailable, unreachable } from "../../shared/app-error.ts";
import type { StepView } from "../../shared/run/run-view.ts";
import type { Signal } from "../store/engine-store.ts";
import type { HeldRun } from "./held-run.ts";
import { place } from "./step.ts";

/** When signals that could not be read are asked for again. */
const askAgainMs = 500;

/** Takes what others left into the journal; the rows are deleted in the commit that holds their entries. */
export async function takeSignals(held: HeldRun): Promise<void> {
  const { deps, claimed, journal, control } = held;
  control.signaled = false;
  const stored = await deps.engine.signals(claimed.run).catch((error) => {
    if (!isUnavailable(error)) throw error;
    // What runs goes on meanwhile; and whoever parks a run with signals left is woken at once.
    deps.setTimer(askAgainMs, () => {
      control.signaled = true;
      control.bell.ring();
    });
    return [];
  });
  const passedOver: string[] = [];
  for (const { id, signal } of stored) if (!(await take(held, signal))) passedOver.push(id);
  if (stored.length > 0)
    journal.consume(
      stored.map(({ id }) => id),
      passedOver,
    );
}

/** The first decision counts, and the first answer: what comes for a step that waits for nothing of the kind is passed over (false). */
async function take(held: HeldRun, signal: Signal): Promise<boolean> {
  const { journal } = held;
  const { view } = journal;
  switch (signal.kind) {
    case "cancel":
      if (!view.cancelRequested) journal.add({ kind: "cancel-requested", by: signal.by });
      return true;
    case "turn":
      // It has been woken, and asks again.
      return true;
    case "decide-outcome": {
      const step = view.steps[signal.step];
      if (step?.reason !== "outcome-unknown" || step.decision !== null) return false;
      journal.add(
        { kind: "outcome-decided", ...place(step.node, step.iteration), decision: signal.decision, by: signal.by },
        signal.decision === "done" ? { output: signal.output ?? null } : {},
      );
      return true;
    }
    case "resume": {
      const step = waitingFor(view.steps[signal.step], "event");
      if (!step) return false;
      const at = place(step.node, step.iteration);
      journal.add({ kind: "signal-received", ...at, signal: "resumed", by: signal.by }, { output: signal.body });
      return true;
    }
    case "decide": {
      const step = waitingFor(view.steps[signal.step], "approval");
      if (!step) return false;
      const at = place(step.node, step.iteration);
      const output = { form: signal.form, comment: signal.comment ?? "" };
      journal.add({ kind: "signal-received", ...at, signal: signal.decision, by: signal.by }, { output });
      return true;
    }
    case "child-finished": {
      const step = waitingFor(view.steps[signal.step], "child");
      if (step?.child?.run !== signal.run) return false;
      const at = place(step.node, step.iteration);
      const output = { status: signal.status, ...(await readChild(held, signal.run)) };
      journal.add({ kind: "signal-received", ...at, signal: "child-finished", by: signal.run }, { output });
      return true;
    }
    default:
      return unreachable(signal);
  }
}

function waitingFor(step: StepView | undefined, reason: StepView["reason"]): StepView | null {
  return step?.status === "waiting" && step.reason === reason && step.received === null ? step : null;
}

/** What a sub-flow's run gave: its answer, and why it failed. */
async function readChild({ deps, claimed }: HeldRun, run: string) {
  const state = await deps.engine.state(run);
  const entry = state?.answerEntry == null ? null : await deps.engine.entry(run, state.answerEntry);
  const answer = deps.sealer.open(claimed.workspace, entry?.values.output ?? null);
  return { answer, error: state?.error ?? null };
}
