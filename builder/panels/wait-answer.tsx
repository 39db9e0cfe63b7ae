import { useQuery } from "@tanstack/react-query";
import type { WaitPage } from "../../shared/api/waits.ts";
import { waitQuery } from "../api/wait-routes.ts";
import { formatExact } from "../ui/format-time.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Decide } from "./wait-decide.tsx";
import { Resume } from "./wait-resume.tsx";

/** What a step waits for, and where whoever may answers it. `large`: for a thumb on a phone. */
export function WaitAnswer({ token, large = false }: { token: string; large?: boolean }) {
  const { data, error } = useQuery(waitQuery(token));
  if (!data && error) return <p className="text-pretty text-sm first-letter:uppercase">{error.message}.</p>;
  if (!data) return <Skeleton className="h-40" />;
  const Heading = large ? "h1" : "h3";
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-2">
        <Heading className={`text-pretty break-words font-semibold ${large ? "text-xl" : "text-base"}`}>{data.title}</Heading>
        {data.description && <p className="whitespace-pre-wrap text-pretty break-words text-sm">{data.description}</p>}
      </div>
      {data.state === "waiting" ? <Open token={token} page={data} large={large} /> : <Closed page={data} />}
    </div>
  );
}

function Open({ token, page, large }: { token: string; page: WaitPage; large: boolean }) {
  return (
    <>
      {page.kind === "approval" ? (
        <Decide token={token} page={page} large={large} />
      ) : (
        <Resume token={token} large={large} withBody={!large} />
      )}
      <p className="text-muted text-xs">
        {page.until !== null && (
          <>
            Time is up <RelativeTime at={page.until} pace="quick" />.{" "}
          </>
        )}
        {page.as === null ? "Your name is not recorded, since you are not signed in." : `You answer as ${page.as}.`}
      </p>
    </>
  );
}

/** What became of a step that waited for somebody. */
export const answerWords = { resumed: "Continued", approved: "Approved", rejected: "Rejected" } as const;
const closedWords = {
  early: "The run has not come here yet. This page changes when it does.",
  late: "The time for an answer is over.",
  over: "The run does not wait for this any more.",
} as const;

function Closed({ page: { state, answer } }: { page: WaitPage }) {
  if (answer === null)
    return (
      <p role="status" className="rounded-card bg-hover px-4 py-3 text-sm">
        {state === "early" || state === "late" ? closedWords[state] : closedWords.over}
      </p>
    );
  const look =
    answer.signal === "rejected"
      ? "border-failed-line bg-failed-tint text-failed-text"
      : "border-succeeded-line bg-succeeded-tint text-succeeded-text";
  return (
    <div role="status" className={`flex flex-col gap-1 rounded-card border px-4 py-3 text-sm ${look}`}>
      <p className="font-semibold text-base">{answerWords[answer.signal]}</p>
      <p className="text-text">
        {answer.by === null ? "By somebody who has the link" : `By ${answer.by}`},{" "}
        <time dateTime={new Date(answer.at).toISOString()}>{formatExact(answer.at)}</time>
      </p>
      {answer.comment && <p className="whitespace-pre-wrap break-words text-text">“{answer.comment}”</p>}
    </div>
  );
}
