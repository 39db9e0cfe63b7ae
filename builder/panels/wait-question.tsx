import { useQuery } from "@tanstack/react-query";
import { type StepView, stepKey } from "../../shared/run/run-view.ts";
import { waitLinkQuery } from "../api/wait-routes.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { CopiedLine } from "./copied-line.tsx";
import { WaitAnswer } from "./wait-answer.tsx";

/** A step that waits for a call or a person: answers it here, or gives its link away. */
export function WaitQuestion({ run, step }: { run: string; step: StepView }) {
  const { data, error } = useQuery(waitLinkQuery(run, stepKey(step.node, step.iteration)));
  const what = step.reason === "approval" ? "Waiting for a decision" : "Waiting for a call";
  return (
    <section aria-label={what} className="flex flex-col gap-4 rounded-card border border-waiting-line bg-waiting-tint p-4">
      <p className="font-semibold text-sm text-waiting-text">{what}</p>
      {data ? (
        <>
          <WaitAnswer token={data.token} />
          <div className="flex flex-col gap-1.5">
            <p className="text-muted text-xs">
              {step.reason === "approval"
                ? "Whoever may decide can do so by this link, also on a phone."
                : "A POST to this URL continues the run, once."}
            </p>
            <CopiedLine text={data.url} what="link" />
          </div>
        </>
      ) : error ? (
        <p className="text-failed-text text-sm first-letter:uppercase">{error.message}.</p>
      ) : (
        <Skeleton className="h-24" />
      )}
    </section>
  );
}
