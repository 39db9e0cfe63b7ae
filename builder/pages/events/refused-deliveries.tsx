import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight, ShieldX } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Refusal } from "../../../shared/api/events.ts";
import { refusalsQuery } from "../../api/queries.ts";
import { Empty } from "../../ui/empty.tsx";
import { formatSize } from "../../ui/format-size.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Skeleton, SkeletonRows } from "../../ui/skeleton.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { refusalWords } from "./refusal-words.ts";

const RefusalDetail = lazy(() => import("./refusal-detail.tsx"));

export function RefusedDeliveries({ mayDetect }: { mayDetect: boolean }) {
  const refusals = useQuery(refusalsQuery);
  if (refusals.isPending) return <SkeletonRows />;
  if (refusals.error && !refusals.data)
    return (
      <ApiProblem
        error={refusals.error}
        what="The refused deliveries could not be loaded"
        onRetry={() => void refusals.refetch()}
      />
    );
  if (refusals.data.refusals.length === 0)
    return (
      <Empty title="Nothing was refused">
        A delivery that cannot prove where it comes from is turned away before it is stored. It would be listed here, with the
        reason and what to check.
      </Empty>
    );
  return (
    <ul aria-label="Refused deliveries" className="flex flex-col border-line border-t">
      {refusals.data.refusals.map((refusal) => (
        <RefusalRow key={refusal.id} refusal={refusal} mayDetect={mayDetect} />
      ))}
    </ul>
  );
}

function RefusalRow({ refusal, mayDetect }: { refusal: Refusal; mayDetect: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <li data-testid="refusal" data-reason={refusal.reason} className="border-line border-b px-6 py-4">
      <div className="flex gap-3">
        <ShieldX className="mt-0.5 size-4 shrink-0 text-failed" aria-hidden="true" />
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <div className="flex items-baseline gap-4">
            <h2 className="min-w-0 flex-1 font-medium text-sm">{refusalWords[refusal.reason]}</h2>
            <span className="text-muted text-sm">
              <RelativeTime at={refusal.at} />
            </span>
          </div>
          <p className="max-w-reading text-pretty text-muted text-sm">{refusal.explanation}</p>
          <p className="flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
            {refusal.flow && (
              <Link to="/flows/$flow" params={{ flow: refusal.flow.id }} className="rounded-small text-text hover:underline">
                {refusal.flow.name}
              </Link>
            )}
            <span>
              Hook <code className="font-mono">{refusal.hook}</code>
            </span>
            <span className="tabular-nums">{formatSize(refusal.size)}</span>
            {refusal.remoteAddress && (
              <span>
                From <code className="font-mono">{refusal.remoteAddress}</code>
              </span>
            )}
          </p>
          <details className="group mt-1" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
            <summary className="inline-flex cursor-pointer list-none items-center gap-1 rounded-small text-accent-text text-xs">
              <ChevronRight className="size-3.5 transition-transform group-open:rotate-90" aria-hidden="true" />
              Why was this refused?
            </summary>
            <div className="mt-3">
              {open && (
                <Suspense fallback={<Skeleton className="h-40" />}>
                  <RefusalDetail refusal={refusal.id} mayDetect={mayDetect} />
                </Suspense>
              )}
            </div>
          </details>
        </div>
      </div>
    </li>
  );
}
