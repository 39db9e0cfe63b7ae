import { useState } from "react";
import type { TestResult } from "../../../shared/api/connectors.ts";
import { Badge } from "../../ui/badge.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { formatDuration } from "../../ui/format-time.ts";
import { JsonView } from "../../ui/json-view.tsx";
import { Segmented } from "../../ui/segmented.tsx";

type Part = "body" | "headers" | "request";

/** What a test came to: passed or not and why, the answer, and the request as it was sent with its secrets masked. */
export function TestResultView({ result }: { result: TestResult }) {
  const [part, setPart] = useState<Part>("body");
  const { passed, message, response, request, durationMs } = result;
  const notSent = result.outcome === "invalid-input" && result.problems.length > 0;
  return (
    <section aria-label="Test result" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Badge tone={passed ? "succeeded" : "failed"}>{passed ? "Passed" : notSent ? "Not sent" : "Failed"}</Badge>
        {response && <span className="font-medium text-sm tabular-nums">Status {response.status}</span>}
        {request && <span className="text-muted text-sm tabular-nums">{formatDuration(durationMs)}</span>}
      </div>
      {!passed && (
        <p className="break-words text-failed-text text-sm">
          {notSent ? "Nothing was sent: put right first what is marked beside it." : message}
        </p>
      )}
      {(response || request) && (
        <Segmented
          label="Part of the test"
          value={part}
          onChange={setPart}
          segments={[
            { value: "body", label: "Answer" },
            { value: "headers", label: "Headers" },
            { value: "request", label: "Request as sent" },
          ]}
        />
      )}
      {part === "body" && response && <JsonView value={response.body} root="" label="Body" />}
      {part === "headers" && response && <Headers headers={response.headers} />}
      {part === "request" && request && <SentRequest request={request} />}
    </section>
  );
}

function SentRequest({ request }: { request: NonNullable<TestResult["request"]> }) {
  return (
    <div className="flex flex-col gap-3">
      <code className="break-all rounded-control border border-line bg-page p-2 font-mono text-xs">
        {request.method} {request.url}
      </code>
      <Headers headers={request.headers} />
      {request.body !== null && <JsonView value={request.body} root="" label="Sent body" />}
    </div>
  );
}

function Headers({ headers }: { headers: Record<string, string> }) {
  return (
    <Facts>
      {Object.entries(headers).map(([name, value]) => (
        <Fact key={name} name={name}>
          <code className="break-all font-mono text-xs">{value}</code>
        </Fact>
      ))}
    </Facts>
  );
}
