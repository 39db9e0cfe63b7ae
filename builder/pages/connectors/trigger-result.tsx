import type { TriggerTest as TestResult } from "../../../shared/api/triggers.ts";
import { Badge } from "../../ui/badge.tsx";
import { JsonView } from "../../ui/json-view.tsx";

/** What a test of a trigger came to: does the event count, what flows would get, what does not fit the schema. */
export function TriggerResult({ result: { passes, output, message, problems, items, cursor } }: { result: TestResult }) {
  const failed = message !== null && output === null;
  const verdict = !passes ? "It would start nothing" : failed ? "It would fail" : "It would start a run";
  return (
    <section aria-label="Result of the test" className="flex flex-col gap-4 rounded-card border border-line p-4">
      <div role="status" className="flex flex-col gap-1.5">
        <span className="self-start">
          <Badge tone={!passes ? "waiting" : failed ? "failed" : "succeeded"}>{verdict}</Badge>
        </span>
        {message && <p className="break-words text-sm">{message.charAt(0).toUpperCase() + message.slice(1)}.</p>}
      </div>
      {problems.length > 0 && (
        <div className="flex flex-col gap-1">
          <p className="text-sm text-waiting-text">The output is not as the output schema says:</p>
          <ul className="list-disc pl-5 text-sm">
            {problems.map((problem) => (
              <li key={problem} className="break-words">
                {problem}
              </li>
            ))}
          </ul>
        </div>
      )}
      {passes && !failed && <JsonView value={output} root="trigger.body" label="Output" />}
      {items.length > 0 && (
        <div className="flex flex-col gap-1.5">
          <h4 className="font-semibold text-sm">Items that it listed</h4>
          <ul aria-label="Items" className="max-h-60 divide-y divide-line overflow-y-auto rounded-control border border-line">
            {items.map(({ key, item }) => (
              <li key={key} className="flex items-baseline gap-3 px-3 py-1.5 text-xs">
                <code className="shrink-0 font-mono font-semibold">{key}</code>
                <code className="min-w-0 truncate font-mono text-muted">{JSON.stringify(item)}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      {cursor !== null && (
        <p className="text-muted text-sm">
          The next look would go on from <code className="break-all font-mono text-text text-xs">{textOf(cursor)}</code>
        </p>
      )}
    </section>
  );
}

function textOf(value: TestResult["cursor"]): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
