import { CircleAlert, Clock } from "lucide-react";
import type { ReactNode } from "react";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import type { StepView } from "../../shared/run/run-view.ts";
import { formatClock } from "../ui/format-time.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { OutcomeQuestion } from "./outcome-question.tsx";
import { hintFor } from "./run-words.ts";
import { WaitQuestion } from "./wait-question.tsx";
import { waitWords } from "./wait-words.ts";

/** Why the step stands where it stands, and what now; nothing for a step that simply went well. */
export function StepNotice({ run, node, step }: { run: string; node: FlowNode; step: StepView | undefined }) {
  if (!step)
    return (
      <Quiet>
        {isTrigger(node)
          ? "The run has not begun: its event is stored, and it starts here."
          : "This step has not started. It runs when a step before it leads here."}
      </Quiet>
    );
  if (step.reason === "outcome-unknown") return <OutcomeQuestion run={run} node={node} step={step} />;
  if (step.status === "failed" && step.error) return <FailureNotice step={step} />;
  if (step.status === "waiting" && (step.reason === "event" || step.reason === "approval"))
    return <WaitQuestion run={run} step={step} />;
  if (step.status === "waiting") return <WaitingNotice step={step} />;
  if (step.status === "skipped") return <Quiet>Skipped: no edge that was taken leads here.</Quiet>;
  if (step.status === "canceled") return <Quiet>Canceled before it could finish.</Quiet>;
  return null;
}

function Quiet({ children }: { children: ReactNode }) {
  return <p className="rounded-card bg-hover px-4 py-3 text-muted text-sm">{children}</p>;
}

function FailureNotice({ step }: { step: StepView }) {
  const hint = hintFor(step.error?.code, step.attempts.at(-1)?.outcome);
  return (
    <section
      aria-label="Why it failed"
      className="flex gap-3 rounded-card border border-failed-line bg-failed-tint px-4 py-3 text-sm"
    >
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-failed" aria-hidden="true" />
      <div className="flex min-w-0 flex-col gap-1">
        <p className="break-words font-medium text-failed-text first-letter:uppercase">{step.error?.message}</p>
        {hint && <p className="text-pretty">{hint}</p>}
        <code className="font-mono text-muted text-xs">{step.error?.code}</code>
      </div>
    </section>
  );
}

function WaitingNotice({ step }: { step: StepView }) {
  const last = step.attempts.findLast((attempt) => attempt.status === "failed");
  return (
    <section
      aria-label="Why it waits"
      className="flex gap-3 rounded-card border border-waiting-line bg-waiting-tint px-4 py-3 text-sm"
    >
      <Clock className="mt-0.5 size-4 shrink-0 text-waiting-text" aria-hidden="true" />
      <div className="flex min-w-0 flex-col gap-1">
        <p className="font-medium text-waiting-text">Waiting {step.reason ? waitWords[step.reason] : ""}</p>
        <p className="tabular-nums">
          {step.until === null ? (
            "Until somebody acts."
          ) : (
            <>
              Due at {formatClock(step.until)}, <RelativeTime at={step.until} pace="quick" />.
            </>
          )}
        </p>
        {last?.message && <p className="break-words text-muted">Last attempt: {last.message}</p>}
      </div>
    </section>
  );
}
