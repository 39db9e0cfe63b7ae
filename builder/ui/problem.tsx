import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

/** A fault in the place of what was asked for: what happened, why, what to do, and the request id for whoever looks it up. */
export function Problem({
  what,
  why,
  todo,
  requestId,
  action,
}: {
  what: string;
  why: string;
  todo: string;
  requestId?: string | null;
  action?: ReactNode;
}) {
  return (
    <div role="alert" className="mx-auto flex max-w-reading animate-appear flex-col gap-4 px-6 py-16">
      <div className="flex gap-3">
        <CircleAlert className="mt-0.5 size-5 shrink-0 text-failed" aria-hidden="true" />
        <div className="flex min-w-0 flex-col gap-1">
          <h2 className="font-semibold text-lg">{what}</h2>
          <p className="text-base text-muted">{why}</p>
          <p className="text-base">{todo}</p>
        </div>
      </div>
      {(action || requestId) && (
        <div className="flex flex-wrap items-center gap-4 pl-8">
          {action}
          {requestId && (
            <span className="flex min-w-0 items-center gap-1 text-muted text-xs">
              Request <code className="truncate font-mono">{requestId}</code>
              <CopyButton text={requestId} what="request id" />
            </span>
          )}
        </div>
      )}
    </div>
  );
}
