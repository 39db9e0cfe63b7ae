import { type ReactNode, useState } from "react";
import type { AssertionResult, TestResult } from "../../../shared/api/connectors.ts";
import { Badge } from "../../ui/badge.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { formatSize } from "../../ui/format-size.ts";
import { formatDuration } from "../../ui/format-time.ts";
import { JsonView, RawText } from "../../ui/json-view.tsx";
import { Lamp } from "../../ui/lamp.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { CurlButton } from "./curl-button.tsx";
import { responseKindOf } from "./response-kind.ts";

type Part = "body" | "headers" | "request";

/** What a test came to: passed or not and why, the answer, and the request as it was sent with its secrets masked. */
export function TestResultView({
  result,
  next,
}: {
  result: TestResult;
  /** What can be done with it now: between what it came to and what came. */
  next?: ReactNode;
}) {
  const [part, setPart] = useState<Part>("body");
  const { passed, message, response, request, durationMs, assertions, outcome } = result;
  const notSent = outcome === "invalid-input" && result.problems.length > 0;
  // The list of assertions says it, one by one.
  const saidBelow = outcome === "succeeded" && assertions.some((assertion) => !assertion.passed);
  const tooLarge = outcome === "too-large";
  return (
    <section aria-label="Test result" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Badge tone={passed ? "succeeded" : "failed"}>
          {passed ? "Passed" : notSent ? "Not sent" : tooLarge ? "Too large" : "Failed"}
        </Badge>
        {response && <span className="font-medium text-sm tabular-nums">Status {response.status}</span>}
        {request && <span className="text-muted text-sm tabular-nums">{formatDuration(durationMs)}</span>}
      </div>
      {!passed && !saidBelow && (
        <p className="break-words text-failed-text text-sm">
          {notSent ? "Nothing was sent: put right first what is marked beside it." : message}
        </p>
      )}
      {tooLarge && (
        <p className="text-muted text-sm">
          A step of a flow could not read it either: ask for less of it, with a smaller page or fewer fields.
        </p>
      )}
      {assertions.length > 0 && <Assertions assertions={assertions} />}
      {next}
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
      {part !== "request" && !response && request && <p className="text-muted text-sm">There is no answer.</p>}
      {part === "body" && response && <Body response={response} />}
      {part === "headers" && response && <Headers headers={response.headers} />}
      {part === "request" && request && <SentRequest request={request} />}
    </section>
  );
}

function Assertions({ assertions }: { assertions: readonly AssertionResult[] }) {
  return (
    <ul aria-label="Assertions" className="flex flex-col gap-1 rounded-card border border-line px-3 py-2 text-sm">
      {assertions.map(({ passed, message }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same may be asserted twice
        <li key={index} className="flex items-start gap-2">
          <Lamp state={passed ? "succeeded" : "failed"} className="mt-0.5" />
          <span className={passed ? "min-w-0 break-words" : "min-w-0 break-words text-failed-text"}>
            <span className="sr-only">{passed ? "Holds: " : "Does not hold: "}</span>
            {message}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** JSON as a tree; anything else as what it is, with its type and size. */
function Body({ response }: { response: NonNullable<TestResult["response"]> }) {
  const { kind, type, size } = responseKindOf(response);
  if (kind === "json") return <JsonView value={response.body} root="" label="Body" />;
  const facts = `${type ?? "no content type"}, ${formatSize(size)}`;
  switch (kind) {
    case "empty":
      return <p className="text-muted text-sm">The answer has no body.</p>;
    case "binary":
      return (
        <p className="text-muted text-sm">
          <Badge>Binary</Badge> {facts}. It is not shown.
        </p>
      );
    case "text":
      return (
        <div className="flex flex-col gap-2">
          <p className="text-muted text-sm">
            <Badge tone="waiting">Not JSON</Badge> {facts}
          </p>
          <div className="max-h-120 overflow-y-auto rounded-control border border-line bg-page p-2">
            <RawText text={String(response.body)} />
          </div>
        </div>
      );
  }
}

function SentRequest({ request }: { request: NonNullable<TestResult["request"]> }) {
  return (
    <div className="flex flex-col gap-3">
      <code className="break-all rounded-control border border-line bg-page p-2 font-mono text-xs">
        {request.method} {request.url}
      </code>
      <CurlButton request={request} />
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
