import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { AttemptView } from "../../shared/run/attempt-view.ts";
import type { StepView } from "../../shared/run/run-view.ts";
import { Badge } from "../ui/badge.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Duration } from "../ui/duration.tsx";
import { formatClock, formatDuration, formatExact } from "../ui/format-time.ts";
import { Lamp } from "../ui/lamp.tsx";
import { EntryValue } from "./entry-value.tsx";
import { decisionWords, outcomeWord } from "./run-words.ts";
import { Who } from "./who.tsx";

/** Each try of the step's call, the newest first and open. */
export function StepAttempts({ run, step }: { run: string; step: StepView | undefined }) {
  const attempts = step?.attempts ?? [];
  if (attempts.length === 0)
    return (
      <p className="text-muted text-sm">
        {step?.finishedAt == null ? "Nothing has been sent yet." : "Nothing was sent, so there are no attempts."}
      </p>
    );
  return (
    <ol aria-label="Attempts" className="flex flex-col gap-3">
      {attempts.toReversed().map((attempt, index) => (
        <Attempt
          key={attempt.requestEntry}
          run={run}
          attempt={attempt}
          // What ended the step is said above, in its notice.
          said={step?.error?.message ?? null}
          isLast={index === 0}
          isUnderWay={attempt.status === "running" && index === 0 && step?.status === "running"}
        />
      ))}
    </ol>
  );
}

type AttemptProps = {
  run: string;
  attempt: AttemptView;
  said: string | null;
  isLast: boolean;
  /** Its call is being made; one that never came to anything was cut off by the end of its process. */
  isUnderWay: boolean;
};

function Attempt(props: AttemptProps) {
  const { attempt, isLast, isUnderWay } = props;
  const isCutOff = attempt.status === "running" && !isUnderWay;
  const [open, setOpen] = useState(isLast);
  return (
    <li data-testid="attempt" className="overflow-hidden rounded-card border border-line">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex h-10 w-full items-center gap-2 px-3 text-left text-sm -outline-offset-2 hover:bg-hover"
      >
        <ChevronRight
          className={clsx("size-4 shrink-0 text-muted transition-transform", open && "rotate-90")}
          aria-hidden="true"
        />
        <Lamp state={isCutOff ? "canceled" : attempt.status} />
        <span className="font-medium">Attempt {attempt.attempt}</span>
        <span className="min-w-0 truncate text-muted">{isCutOff ? "Cut off" : outcomeWord(attempt.outcome)}</span>
        <span className="ml-auto flex items-center gap-2">
          {attempt.httpStatus !== null && (
            <Badge mono tone={tone(attempt.httpStatus)}>
              {attempt.httpStatus}
            </Badge>
          )}
          <span className="text-muted text-xs">{!isCutOff && <Duration from={attempt.startedAt} to={attempt.finishedAt} />}</span>
        </span>
      </button>
      {open && <AttemptBody {...props} />}
    </li>
  );
}

function AttemptBody({ run, attempt, said, isLast, isUnderWay }: AttemptProps) {
  return (
    <div className="flex flex-col gap-4 border-line border-t p-3">
      {attempt.message && attempt.message !== said && (
        <p className="break-words text-sm first-letter:uppercase">{attempt.message}</p>
      )}
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1 text-xs">
        <dt className="text-muted">Sent</dt>
        <dd className="tabular-nums">{formatClock(attempt.startedAt)}</dd>
        {attempt.tokenRenewedAt !== undefined && (
          <>
            <dt className="text-muted">Token renewed</dt>
            <dd className="tabular-nums">{formatClock(attempt.tokenRenewedAt)}</dd>
          </>
        )}
        {attempt.retryAt !== null && (
          <>
            <dt className="text-muted">{isLast ? "Next try" : "Tried again"}</dt>
            <dd className="tabular-nums">{retryText(attempt)}</dd>
          </>
        )}
        {attempt.decided && (
          <>
            <dt className="self-start text-muted">Decided</dt>
            <dd className="tabular-nums">
              {decisionWords[attempt.decided.decision]}, by <Who run={run} by={attempt.decided.by} />,{" "}
              {formatExact(attempt.decided.at)}
            </dd>
          </>
        )}
        <dt className="text-muted">Idempotency key</dt>
        <dd className="flex min-w-0 items-center gap-1">
          <code className="truncate font-mono" data-tip={attempt.idempotencyKey}>
            {attempt.idempotencyKey}
          </code>
          <CopyButton text={attempt.idempotencyKey} what="idempotency key" />
        </dd>
      </dl>
      <EntryValue run={run} entry={attempt.requestEntry} name="request" root="request" label="Request" />
      {attempt.responseEntry === null ? (
        <p className="text-muted text-sm">{noAnswerWords(attempt, isUnderWay)}</p>
      ) : (
        <EntryValue run={run} entry={attempt.responseEntry} name="response" root="response" label="Response" />
      )}
    </div>
  );
}

function noAnswerWords({ status }: AttemptView, isUnderWay: boolean): string {
  if (isUnderWay) return "No answer yet.";
  return status === "running" ? "The process ended before an answer was recorded." : "No answer came.";
}

function retryText(attempt: AttemptView): string {
  const after = formatDuration((attempt.retryAt ?? 0) - (attempt.finishedAt ?? attempt.startedAt));
  const key = attempt.nextGroup ? "with a new key" : "with the same key";
  return `${formatClock(attempt.retryAt ?? 0)}, after ${after}, ${key}`;
}

function tone(status: number): "succeeded" | "waiting" | "failed" | "neutral" {
  if (status < 300) return "succeeded";
  if (status === 429) return "waiting";
  return status >= 400 ? "failed" : "neutral";
}
