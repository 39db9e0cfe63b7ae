import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import type { Json } from "../../shared/json.ts";
import type { ReceivedView, StepView } from "../../shared/run/run-view.ts";
import { describeNode, kindWord } from "../canvas/describe-node.ts";
import { KindTile } from "../canvas/nodes/kind-tile.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Duration } from "../ui/duration.tsx";
import { formatClock } from "../ui/format-time.ts";
import { JsonView } from "../ui/json-view.tsx";
import { State } from "../ui/lamp.tsx";
import { TabPanel, Tabs } from "../ui/tabs.tsx";
import { EntryValue } from "./entry-value.tsx";
import { NodeSettings } from "./node-settings.tsx";
import { RunFromHere } from "./run-from-here.tsx";
import { StepAttempts } from "./step-attempts.tsx";
import { StepConsole } from "./step-console.tsx";
import { StepNotice } from "./step-notice.tsx";
import { answerWords } from "./wait-answer.tsx";
import { Who } from "./who.tsx";

type Tab = "input" | "output" | "attempts" | "settings";

/** One step of a run: what it is, how it went and why, and with what data. Give it the key of the step as its own. */
export function StepPanel({
  run,
  node,
  step,
  given,
  version,
}: {
  run: string;
  node: FlowNode;
  step: StepView | undefined;
  /** What it gave, where no entry holds that alone: the step's iteration was journaled with others. */
  given?: Json | undefined;
  version: FlowVersion;
}) {
  const [chosen, choose] = useState<Tab | null>(null);
  const attempts = step?.attempts ?? [];
  const printedAt = step?.outputEntry ?? step?.inputEntry ?? null;
  return (
    <section aria-label={`Step ${node.name}`} data-testid="step-panel" data-step={node.id} className="h-full overflow-y-auto">
      <header className="flex flex-col gap-3 p-4">
        <div className="flex items-center gap-3">
          <KindTile kind={node.kind} />
          <div className="min-w-0 flex-1">
            <h2 className="truncate font-semibold text-base leading-heading" data-tip={node.name}>
              {node.name}
            </h2>
            <p className="truncate text-muted text-xs">
              {kindWord(node.kind)} · {describeNode(node, version)}
            </p>
          </div>
        </div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          <State state={step?.status ?? "idle"} className="font-medium" />
          {step?.startedAt != null && step.status !== "skipped" && (
            <span className="whitespace-nowrap text-muted">
              <Duration from={step.startedAt} to={step.finishedAt} />
              <span className="tabular-nums"> · began {formatClock(step.startedAt)}</span>
            </span>
          )}
          {step && step.iteration.length > 0 && (
            <span className="whitespace-nowrap text-muted tabular-nums">
              Iteration {step.iteration.map((index) => index + 1).join(", ")}
            </span>
          )}
          {step?.received && <Received run={run} received={step.received} />}
          {step?.kept && <span className="whitespace-nowrap text-muted">Taken over</span>}
          <span className="flex min-w-16 flex-1 items-center justify-end">
            <code className="truncate font-mono text-muted text-xs">{node.id}</code>
            <CopyButton text={node.id} what="step id" />
          </span>
        </div>
        {step?.child && (
          <Link
            to="/runs/$run"
            params={{ run: step.child.run }}
            className="self-start rounded-small font-medium text-accent-text text-sm hover:underline"
          >
            Open the run that it started
          </Link>
        )}
        <StepNotice run={run} node={node} step={step} />
        <RunFromHere run={run} node={node} step={step} />
      </header>
      <Tabs
        label="What is known of the step"
        value={chosen ?? (given === undefined ? firstTab(step) : "output")}
        onChange={choose}
        tabs={[
          { value: "input", label: "Input" },
          { value: "output", label: "Output" },
          ...(node.kind === "call" || node.kind === "http"
            ? [{ value: "attempts" as const, label: "Attempts", count: attempts.length }]
            : []),
          { value: "settings", label: "Settings" },
        ]}
      >
        <TabPanel value="input">
          {given === undefined ? (
            <StepInput run={run} node={node} step={step} />
          ) : (
            <Note>Steps that touch nothing outside are recorded many iterations at a time, without their inputs.</Note>
          )}
        </TabPanel>
        <TabPanel value="output">
          <div className="flex flex-col gap-6">
            <StepOutput run={run} node={node} step={step} given={given} />
            {node.kind === "code" && printedAt !== null && <StepConsole run={run} entry={printedAt} />}
          </div>
        </TabPanel>
        <TabPanel value="attempts">
          <StepAttempts run={run} step={step} />
        </TabPanel>
        <TabPanel value="settings">
          <NodeSettings node={node} version={version} />
        </TabPanel>
      </Tabs>
    </section>
  );
}

/** Who has answered a step that waited for somebody. */
function Received({ run, received: { signal, by } }: { run: string; received: ReceivedView }) {
  if (signal === "child-finished") return null;
  return (
    <span className="text-muted [&_a]:underline">
      {answerWords[signal]} by <Who run={run} by={by} />
    </span>
  );
}

/** Where the answer to "with what data?" most likely is. */
function firstTab(step: StepView | undefined): Tab {
  if (!step) return "settings";
  if (step.attempts.length > 0 && step.status !== "succeeded") return "attempts";
  // Code that failed may have printed why, which stands where its output would.
  if (step.error?.code.startsWith("code_")) return "output";
  return step.outputEntry === null ? "input" : "output";
}

function StepInput({ run, node, step }: { run: string; node: FlowNode; step: StepView | undefined }) {
  if (isTrigger(node)) return <Note>A trigger takes no input: it starts the run with the event, which is its output.</Note>;
  if (!step || step.inputEntry === null)
    return (
      <Note>{step && !isOver(step) ? "The input is recorded when the step ends." : "This step has no recorded input."}</Note>
    );
  return <EntryValue run={run} entry={step.inputEntry} name="input" root="input" label="Input" />;
}

function StepOutput({
  run,
  node,
  step,
  given,
}: {
  run: string;
  node: FlowNode;
  step: StepView | undefined;
  given: Json | undefined;
}) {
  if (given !== undefined) return <JsonView value={given} root={`steps.${node.id}.output`} label="Output" />;
  if (!step || step.outputEntry === null)
    return <Note>{step && !isOver(step) ? "The output is recorded when the step succeeds." : "This step has no output."}</Note>;
  const root = isTrigger(node) ? "trigger" : `steps.${node.id}.output`;
  return <EntryValue run={run} entry={step.outputEntry} name="output" root={root} label="Output" />;
}

function isOver(step: StepView): boolean {
  return step.status !== "running" && step.status !== "waiting";
}

function Note({ children }: { children: string }) {
  return <p className="text-muted text-sm">{children}</p>;
}
