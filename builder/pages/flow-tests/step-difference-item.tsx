import type { Flow } from "../../../shared/flow/flow.ts";
import type { StepDifference } from "../../../shared/flow/replay.ts";
import { JsonChangesTable } from "./json-changes-table.tsx";
import { differenceWords } from "./replay-words.ts";
import { StepName } from "./step-name.tsx";

const sides = ["Before", "Now"] as const;

/** One step that goes otherwise on the draft: in words, and where its output differs. */
export function StepDifferenceItem({
  difference,
  document,
  onChoose,
}: {
  difference: StepDifference;
  document: Flow;
  onChoose: (node: string) => void;
}) {
  const { step, request, changes } = difference;
  return (
    <li className="flex flex-col gap-1.5">
      <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <StepName step={step} document={document} onChoose={onChoose} />
        <span className="min-w-0 break-words">{differenceWords(difference)}</span>
      </p>
      {request !== null && <code className="break-all rounded-control bg-panel px-2.5 py-1.5 font-mono text-xs">{request}</code>}
      {changes && <JsonChangesTable changes={changes} sides={sides} />}
    </li>
  );
}
