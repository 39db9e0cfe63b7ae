import type { FlowTestSummary } from "../../../shared/api/flow-tests.ts";
import { State } from "../../ui/lamp.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";

/** How a test went last. `revision`: of the draft as it is now; null where nobody asks for it. */
export function LastResult({ last, revision }: { last: FlowTestSummary["last"]; revision: number | null }) {
  if (last === null) return <State state="idle" word="Not run yet" />;
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      <State state={last.passed ? "succeeded" : "failed"} word={last.passed ? "Passed" : "Failed"} className="shrink-0" />
      <span className="min-w-0 truncate text-muted">
        <RelativeTime at={last.at} />
        {revision !== null && last.revision !== revision && ", on an earlier draft"}
      </span>
    </span>
  );
}
