import type { Flow } from "../../../shared/flow/flow.ts";
import type { FlowTestResult, Verdict } from "../../../shared/flow/flow-test.ts";
import { counted } from "../../ui/counted.ts";
import { JsonChangesTable } from "./json-changes-table.tsx";
import { StepName } from "./step-name.tsx";

const sides = ["Expected", "Given"] as const;

/** What of a test does not hold, each with its place and where the values differ. */
export function FailedVerdicts({
  result,
  document,
  onChoose,
}: {
  result: FlowTestResult;
  document: Flow;
  onChoose: (node: string) => void;
}) {
  const failed = result.verdicts.filter(({ passed }) => !passed);
  const held = result.verdicts.length - failed.length;
  if (failed.length === 0) return <p className="text-muted">{held === 1 ? "What it expects holds." : `All ${held} hold.`}</p>;
  return (
    <div className="flex flex-col gap-3">
      <ul className="flex flex-col gap-3">
        {failed.map((verdict, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same may be expected twice and has no other identity
          <li key={`${verdict.name} ${index}`} className="flex flex-col gap-1.5">
            <Said verdict={verdict} document={document} onChoose={onChoose} />
            {verdict.changes && <JsonChangesTable changes={verdict.changes} sides={sides} />}
          </li>
        ))}
      </ul>
      {held > 0 && <p className="text-muted text-xs">{counted(held, "other expectation holds", "other expectations hold")}.</p>}
    </div>
  );
}

function Said({ verdict, document, onChoose }: { verdict: Verdict; document: Flow; onChoose: (node: string) => void }) {
  const { expectation, message, changes } = verdict;
  const expected = expectedWords(verdict);
  if (!expectation || !("step" in expectation))
    return (
      <p className="break-words">
        {sentence(message ?? "it does not hold")}.{" "}
        {expected !== null && <span className="text-muted">Expected: {expected}.</span>}
      </p>
    );
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      <StepName step={expectation.step} document={document} onChoose={onChoose} />
      <span className="min-w-0 break-words">
        {changes ? "gives something else" : ofStep(message ?? "it does not hold")}.
        {!changes && expected !== null && <span className="text-muted"> Expected: {expected}.</span>}
      </span>
    </p>
  );
}

/** What should be, as far as what is does not say it. */
function expectedWords({ expectation, name }: Verdict): string | null {
  if (!expectation) return null;
  if ("calls" in expectation) return counted(expectation.calls, "call");
  if ("run" in expectation) return expectation.run;
  const { step } = expectation;
  return name.startsWith(`${step} `) ? `it ${name.slice(step.length + 1)}` : name;
}

/** A message about a step, behind its name. */
function ofStep(message: string): string {
  return message.replace(/^(?:it|the step) /, "");
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
