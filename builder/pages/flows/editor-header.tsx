import { CircleAlert, Play } from "lucide-react";
import type { FlowSummary } from "../../../shared/api/flows.ts";
import { blocking, type FlowProblem } from "../../../shared/flow/validate-flow.ts";
import type { SaveQueue } from "../../api/save-queue.ts";
import { useCanvasSession } from "../../stores/canvas-session.ts";
import { Button } from "../../ui/button.tsx";
import { counted } from "../../ui/counted.ts";
import { TestsButton } from "../flow-tests/tests-button.tsx";
import type { Drawer } from "./editor-drawer.tsx";
import { FlowState } from "./flow-state.tsx";
import { FlowSwitch } from "./flow-switch.tsx";
import { SaveStatus } from "./save-status.tsx";
import { useSaveState } from "./use-editor.ts";

/** What the flow is, whether it is saved, what is wrong with it, and what can be done with it. */
export function EditorHeader({
  flow,
  queue,
  publishedRevision,
  problems,
  starting,
  drawer,
  onProblems,
  onTests,
  onRun,
}: {
  flow: FlowSummary;
  queue: SaveQueue;
  /** Of the draft that the published version was made of; null when it is unknown, and so another. */
  publishedRevision: number | null;
  problems: readonly FlowProblem[];
  starting: boolean;
  /** What is open over the foot of the canvas. */
  drawer: Drawer["kind"] | null;
  onProblems: () => void;
  onTests: () => void;
  onRun: () => void;
}) {
  useSaveState(queue);
  const open = useCanvasSession((state) => state.open);
  const inTheWay = blocking(problems).length;
  const changed = queue.hasUnsaved() || queue.revision() !== publishedRevision;
  return (
    <header className="flex h-13 shrink-0 items-center gap-3 border-line border-b px-6">
      <h1 className="min-w-24 shrink-[999] truncate font-semibold text-lg">{flow.name}</h1>
      <FlowState flow={flow} changed={changed} />
      <SaveStatus queue={queue} />
      <div className="ml-auto flex shrink-0 items-center gap-2">
        {problems.length > 0 && (
          <Button look="quiet" onClick={onProblems} className={inTheWay > 0 ? "text-failed-text!" : "text-waiting-text!"}>
            <CircleAlert aria-hidden="true" />
            {inTheWay > 0 ? counted(inTheWay, "problem") : counted(problems.length, "warning")}
          </Button>
        )}
        <TestsButton flow={flow.id} queue={queue} open={drawer === "tests"} onOpen={onTests} />
        <Button
          busy={starting}
          onClick={onRun}
          data-tip="Runs the draft with the trigger's sample or form"
          data-tip-side="bottom"
        >
          <Play aria-hidden="true" />
          Run
        </Button>
        <Button look="primary" onClick={() => open({ kind: "publish" })}>
          Publish
        </Button>
        <FlowSwitch flow={flow} saveFirst={queue.flush} />
      </div>
    </header>
  );
}
