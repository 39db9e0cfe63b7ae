import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import type { FlowVersion, RunSummary } from "../../../shared/api/runs.ts";
import type { RunView } from "../../../shared/run/run-view.ts";
import { Who } from "../../panels/who.tsx";
import { useCanvasSession } from "../../stores/canvas-session.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Duration } from "../../ui/duration.tsx";
import { Lamp, stateWord } from "../../ui/lamp.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { shortId } from "../../ui/short-id.ts";
import { RunActions } from "./run-actions.tsx";
import { RunAnswer } from "./run-answer.tsx";
import { RunRelatives } from "./run-relatives.tsx";
import { sourceWord } from "./runs-table.tsx";
import { verdictOf } from "./verdict.ts";

const tints: Partial<Record<RunView["status"], string>> = {
  succeeded: "text-succeeded-text",
  failed: "text-failed-text",
  waiting: "text-waiting-text",
  running: "text-accent-text",
};

/** Did it work, where did it stop and why; then when, how long, and what started it. */
export function RunHeader({
  run,
  version,
  view,
  onSelect,
}: {
  run: RunSummary;
  version: FlowVersion;
  view: RunView;
  onSelect: (node: string) => void;
}) {
  const verdict = verdictOf(view, version);
  const { step } = verdict;
  return (
    <header className="flex shrink-0 items-start gap-6 border-line border-b px-6 py-4">
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <h1 className="flex min-w-0 items-center gap-3 font-semibold text-xl">
          <span
            data-testid="run-status"
            data-status={view.status}
            className={clsx("flex shrink-0 items-center gap-2", tints[view.status])}
          >
            <Lamp state={view.status} className="size-5" />
            {stateWord(view.status)}
          </span>
          <span className="truncate">{run.flow.name}</span>
        </h1>
        <p data-testid="run-verdict" className="line-clamp-2 text-base">
          {verdict.before}
          {step && (
            <button
              type="button"
              className="rounded-small font-medium text-accent-text hover:underline"
              onClick={() => {
                // Iterations that were looked at meanwhile would stand before the one that is meant.
                useCanvasSession.getState().forgetIterations();
                onSelect(step.id);
              }}
            >
              {step.name}
            </button>
          )}
          {verdict.after}
        </p>
        <ul className="flex flex-wrap items-center gap-x-5 gap-y-1 text-muted text-sm [&_a]:text-text [&_a]:underline [&_a]:decoration-line-strong [&_a]:underline-offset-3 [&_a:hover]:decoration-current">
          <li>
            {view.startedAt === null ? "Received" : "Started"}{" "}
            <span className="text-text">
              <RelativeTime at={view.startedAt ?? run.createdAt} />
            </span>
          </li>
          <li>
            {view.startedAt === null ? "Queued for" : view.finishedAt === null ? "Going on for" : "Took"}{" "}
            <span className="text-text">
              <Duration from={view.startedAt ?? run.createdAt} to={view.finishedAt} />
            </span>
          </li>
          <li>
            <Link to="/flows/$flow" params={{ flow: run.flow.id }}>
              Version {run.version}
            </Link>
          </li>
          <li>
            {sourceWord[run.source]}
            {run.event !== "" && (
              <>
                ,{" "}
                <Link to="/events/$event" params={{ event: run.event }}>
                  event <code className="font-mono text-xs">{shortId(run.event)}</code>
                </Link>
              </>
            )}
          </li>
          <RunRelatives run={run} />
          {view.answer && <RunAnswer run={run.id} answer={view.answer} />}
          {view.canceledBy !== null && (
            <li>
              {view.finishedAt === null || view.status === "canceled" ? "Canceled by " : "Cancel asked for by "}
              <span className="text-text">
                <Who run={run.id} by={view.canceledBy} />
              </span>
            </li>
          )}
          {view.resumes > 0 && (
            <li data-tip="A worker was lost; another took the run over from its journal">
              Resumed {view.resumes === 1 ? "once" : `${view.resumes} times`}
            </li>
          )}
          <li className="flex items-center">
            Run <code className="ml-1 font-mono text-text text-xs">{shortId(run.id)}</code>
            <CopyButton text={run.id} what="run id" className="-my-1" />
          </li>
        </ul>
      </div>
      <RunActions run={run} view={view} flow={version.document} />
    </header>
  );
}
