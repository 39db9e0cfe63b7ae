import { useMutation } from "@tanstack/react-query";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { OutcomeDecision } from "../../shared/run/journal.ts";
import { type StepView, stepKey } from "../../shared/run/run-view.ts";
import { call } from "../api/client.ts";
import { decideOutcome } from "../api/routes.ts";
import { Button } from "../ui/button.tsx";
import { EntryValue } from "./entry-value.tsx";
import { decisionWords } from "./run-words.ts";
import { Who } from "./who.tsx";

const decidedWords: Record<OutcomeDecision, string> = {
  "send-again": "it is being sent again.",
  done: "the step counts as done.",
  fail: "the step is being marked as failed.",
};

/** How the other side can tell that a request is the one that it had already, and whether it can. */
function repeatWords(node: FlowNode): string {
  if (node.kind !== "http") return ", with the same idempotency key where the endpoint declares a header for it";
  return node.idempotencyHeader
    ? ` with the same ${node.idempotencyHeader}`
    : ": it carries no idempotency key, so what was performed is performed twice";
}

/** A call was sent and nobody knows whether it was performed: shows what was sent and asks what to do. */
export function OutcomeQuestion({ run, node, step }: { run: string; node: FlowNode; step: StepView }) {
  const decide = useMutation({
    mutationFn: (decision: OutcomeDecision) =>
      call(decideOutcome, { params: { run, step: stepKey(step.node, step.iteration) }, body: { decision } }),
  });
  const decided = step.decision ?? (decide.isSuccess ? decide.variables : null);
  const attempt = step.attempts.at(-1);
  const by = attempt?.decided?.by;
  return (
    <section
      aria-label="Outcome unknown"
      className="flex flex-col gap-3 rounded-card border border-waiting-line bg-waiting-tint p-4"
    >
      <div className="flex flex-col gap-1">
        <h3 className="font-semibold text-sm text-waiting-text">Outcome unknown</h3>
        <p className="text-pretty text-sm">
          The request was sent, but no answer was recorded. It may have been performed. Check at the other side, then decide.
        </p>
      </div>
      {decided ? (
        <p role="status" className="font-medium text-sm">
          Decided
          {by !== undefined && (
            <>
              {" "}
              by <Who run={run} by={by} />
            </>
          )}
          : {decidedWords[decided]}
        </p>
      ) : (
        // None of them is the main one: only who looked at the other side knows which is right.
        <div className="flex flex-wrap gap-2">
          {(["send-again", "done", "fail"] as const).map((decision) => (
            <Button key={decision} busy={decide.isPending} onClick={() => decide.mutate(decision)}>
              {decisionWords[decision]}
            </Button>
          ))}
        </div>
      )}
      {!decided && (
        <p className="text-muted text-xs">
          Send again repeats the same request{repeatWords(node)}. It went through goes on without what the call gave. Mark as
          failed goes on as if it had been refused.
        </p>
      )}
      {decide.error && (
        <p role="alert" className="text-failed-text text-sm">
          The decision was not taken: {decide.error.message}
        </p>
      )}
      {attempt && (
        <div className="rounded-control bg-page p-3">
          <EntryValue run={run} entry={attempt.requestEntry} name="request" root="request" label="What was sent" />
        </div>
      )}
    </section>
  );
}
