import { Link } from "@tanstack/react-router";
import type { RepeatedCall, RerunPreview } from "../../shared/api/rerun.ts";
import { Badge } from "../ui/badge.tsx";
import { counted } from "../ui/counted.ts";
import { formatClock } from "../ui/format-time.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { MayActTwice } from "./may-act-twice.tsx";
import { type RerunStep, stepName } from "./rerun-steps.ts";

const effectWords: Record<RepeatedCall["effect"], string> = { unsafe: "Unsafe", idempotent: "Idempotent", read: "Read" };

/** The calls that a rerun would make a second time, those first that may act twice. */
export function RerunPreviewList({
  run,
  preview,
  steps,
  onLeave,
}: {
  run: string;
  preview: RerunPreview | undefined;
  steps: readonly RerunStep[];
  /** Somebody goes to one of the steps. */
  onLeave: () => void;
}) {
  if (!preview) return <Skeleton className="h-24" />;
  const { calls, callCount, unsafeCount, flows, keptCount } = preview;
  return (
    <section aria-label="What is done again" className="flex flex-col gap-2 text-sm">
      <p>
        {keptCount === 0 ? "No step is taken over. " : `${counted(keptCount, "step")} taken over, and not executed again. `}
        {callCount === 0 ? "No call that was made is made again." : `${counted(callCount, "call")} would be made again:`}
      </p>
      {unsafeCount > 0 && (
        <p>
          <MayActTwice unsafe={unsafeCount} calls={callCount} />
        </p>
      )}
      <ul className="flex flex-col divide-y divide-line rounded-card border border-line empty:hidden">
        {calls.map((call) => (
          <li key={call.step} className="flex min-w-0 items-center gap-2 px-3 py-2">
            <Badge tone={call.effect === "unsafe" ? "waiting" : "neutral"}>{effectWords[call.effect]}</Badge>
            <code className="min-w-0 flex-1 truncate font-mono text-xs" data-tip={call.url}>
              {call.method} {call.url}
            </code>
            <span className="shrink-0 text-muted text-xs tabular-nums">
              <Link
                to="/runs/$run"
                params={{ run }}
                search={{ step: call.step }}
                onClick={onLeave}
                className="rounded-small underline decoration-line-strong underline-offset-3 hover:decoration-current"
              >
                {steps.find(({ key }) => key === call.step)?.name ?? stepName(call.node, call.iteration)}
              </Link>
              , sent {formatClock(call.sentAt)}
            </span>
          </li>
        ))}
      </ul>
      {callCount > calls.length && <p className="text-muted">And {counted(callCount - calls.length, "more", "more")}.</p>}
      {flows.length > 0 && (
        <p>{counted(flows.length, "other flow", "other flows")} would be started again, with all that they call.</p>
      )}
    </section>
  );
}
