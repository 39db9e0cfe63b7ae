import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { HookSheet } from "../../../shared/api/subscriptions.ts";
import { sheetQuery } from "../../api/trigger-queries.ts";
import { CopiedLine } from "../../panels/copied-line.tsx";
import { listenerTone, listenerWords } from "../../panels/subscription-words.ts";
import { Badge } from "../../ui/badge.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Mark } from "../../ui/mark.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";

const route = getRouteApi("/sheet/$token");

/** What whoever sets up a sender needs, for anyone who has the link. */
export function SheetPage() {
  const { token } = route.useParams();
  const { data, error } = useQuery(sheetQuery(token));
  return (
    <main className="flex h-full flex-col items-center overflow-y-auto bg-panel px-6 py-12">
      <title>Set-up sheet · Patchbay</title>
      <div className="flex w-full max-w-reading flex-col gap-6">
        <div className="flex items-center gap-2.5">
          <Mark className="size-7" />
          <span className="font-semibold text-lg">Patchbay</span>
        </div>
        <div className="flex flex-col gap-8 rounded-dialog border border-line bg-raised p-8 shadow-raised">
          {data ? <SheetBody sheet={data} /> : error ? <NoSheet /> : <Skeleton className="h-96" />}
        </div>
      </div>
    </main>
  );
}

function NoSheet() {
  return (
    <div className="flex flex-col gap-1">
      <h1 className="font-semibold text-xl">This link is not valid</h1>
      <p className="text-muted text-sm">It was withdrawn, replaced by a newer one, or is incomplete. Ask for a new one.</p>
    </div>
  );
}

function SheetBody({ sheet }: { sheet: HookSheet }) {
  return (
    <>
      <div className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="flex-1 font-semibold text-xl">Send your events here</h1>
          <Badge tone={listenerTone[sheet.listener.state]}>{listenerWords[sheet.listener.state]}</Badge>
        </div>
        <p className="text-muted text-sm">{sheet.listener.reason}</p>
      </div>
      <Part title="URL">
        <CopiedLine text={sheet.url} what="URL" />
        <p className="text-muted text-sm">
          Events are posted with {sheet.method}, one or more in a request as your product does.
        </p>
      </Part>
      <Part title="How a delivery proves itself">
        <p className="text-sm">{sheet.scheme}</p>
        {sheet.challenges.length > 0 && (
          <ul className="list-disc pl-5 text-muted text-sm">
            {sheet.challenges.map((challenge) => (
              <li key={challenge}>{challenge}</li>
            ))}
          </ul>
        )}
      </Part>
      <Part title="Try it" action={sheet.curl && <CopyButton text={sheet.curl} what="cURL command" />}>
        {sheet.curl && <CodeBlock text={sheet.curl} label="cURL command" testId="sheet-curl" />}
        <p className="text-muted text-sm">{sheet.curlNote}</p>
      </Part>
      <Part title="What we answer">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
          {sheet.answers.map(({ status, meaning }) => (
            <div key={status} className="contents">
              <dt className="font-mono">{status}</dt>
              <dd className="text-muted">{meaning}</dd>
            </div>
          ))}
        </dl>
      </Part>
      <Part title="When to send again">
        <p className="text-muted text-sm">{sheet.retries}</p>
      </Part>
    </>
  );
}

function Part({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2">
      <div className="flex min-h-7 items-center">
        <h2 className="flex-1 font-semibold text-base">{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}
