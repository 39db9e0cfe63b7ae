import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { useStore } from "zustand";
import type { FlowDraft, getFlow } from "../../../shared/api/flows.ts";
import type { Response } from "../../../shared/api/route.ts";
import type { FlowProblem } from "../../../shared/flow/validate-flow.ts";
import { EditCanvas } from "../../canvas/edit-canvas.tsx";
import { defaultStep } from "../../panels/default-step.ts";
import { DraftSaved } from "../../panels/draft-saved.ts";
import { focusField } from "../../panels/focus-field.ts";
import { useFlowContext } from "../../panels/use-flow-context.ts";
import { useCanvasSession } from "../../stores/canvas-session.ts";
import { documentOf } from "../../stores/flow-store.ts";
import { onlyNode } from "../../stores/selection.ts";
import { notify } from "../../ui/toast.ts";
import { type Drawer, EditorDrawer } from "./editor-drawer.tsx";
import { EditorHeader } from "./editor-header.tsx";
import { EditorSide, sideId } from "./editor-side.tsx";
import { LeaveGuard } from "./leave-guard.tsx";
import { PublishDialog } from "./publish-dialog.tsx";
import { RunBar } from "./run-bar.tsx";
import { formOf } from "./run-body.ts";
import { RunDraftForm } from "./run-draft-form.tsx";
import { SaveTrouble } from "./save-status.tsx";
import { useEditor } from "./use-editor.ts";
import { useProblems } from "./use-problems.ts";
import { useTestRun } from "./use-test-run.ts";

const FlowSettingsDialog = lazy(() => import("./flow-settings-dialog.tsx"));
const route = getRouteApi("/shell/flows/$flow");

/** The draft of a flow: its canvas, the panel of what is selected, and from here into the world: run, publish. */
export function Editor({
  loaded,
  draft,
  onReload,
}: {
  loaded: Response<typeof getFlow>;
  draft: FlowDraft;
  onReload: () => void;
}) {
  const { flow, version, hooks } = loaded;
  const { node: asked } = route.useSearch();
  const { store, queue } = useEditor(flow.id, draft, asked);
  const document = useStore(store, documentOf);
  const overlay = useCanvasSession((state) => state.overlay);
  /** What a publication from here pins anew. */
  const [pinned, setPinned] = useState(draft.pinned);
  const [publishedRevision, setPublishedRevision] = useState(draft.changed ? null : draft.revision);
  const [drawer, setDrawer] = useState<Drawer | null>(null);
  const toggle = (next: Drawer) => setDrawer(drawer?.kind === next.kind ? null : next);
  const hasForm = formOf(document).length > 0;
  /** The problem whose field is looked for. */
  const [sought, setSought] = useState<FlowProblem | null>(null);
  const testRun = useTestRun({ flow: flow.id, last: flow.lastRun?.id ?? null, queue, hasForm }, (found) =>
    setDrawer({ kind: "problems", found }),
  );
  const context = useFlowContext(document, testRun.sampled, pinned);
  const { problems, counts } = useProblems(document, context, hooks);
  const { start, shown } = testRun;
  const page = useMemo(
    () => ({
      save: () => void queue.flush(),
      run: () => start(),
      runToHere() {
        const node = useCanvasSession.getState().selection.nodes.at(-1);
        if (node !== undefined) start(node);
      },
      settings: focusSettings,
    }),
    [queue, start],
  );

  function choose(node: string, problem?: FlowProblem): void {
    const session = useCanvasSession.getState();
    session.open(null);
    session.select(onlyNode(node));
    testRun.clear();
    // A window that closes gives the keyboard back first.
    if (problem) requestAnimationFrame(() => setSought(problem));
    else focusSettings();
  }

  return (
    <>
      <EditorHeader
        flow={flow}
        queue={queue}
        publishedRevision={publishedRevision}
        problems={problems}
        starting={testRun.starting}
        drawer={drawer?.kind ?? null}
        onProblems={() => toggle({ kind: "problems", found: [] })}
        onTests={() => toggle({ kind: "tests" })}
        onRun={page.run}
      />
      <SaveTrouble queue={queue} store={store} onReload={onReload} />
      <div className="flex min-h-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col">
          {shown && <RunBar run={shown.run} view={shown.view} onBack={testRun.clear} />}
          <div className="min-h-0 flex-1">
            <EditCanvas
              store={store}
              labels={context.labels}
              problems={counts}
              view={shown?.view ?? null}
              step={shown && defaultStep(shown.view)}
              page={page}
            />
          </div>
          {drawer && (
            <EditorDrawer
              drawer={drawer}
              flow={flow.id}
              document={document}
              problems={problems}
              queue={queue}
              onChoose={choose}
              onClose={() => setDrawer(null)}
            />
          )}
        </div>
        <DraftSaved value={queue.flush}>
          <EditorSide
            {...{ loaded, store, context, problems, sought, shown }}
            onFound={() => setSought(null)}
            onRunToHere={start}
          />
        </DraftSaved>
      </div>
      {overlay?.kind === "publish" && (
        <PublishDialog
          flow={flow}
          document={document}
          published={version?.document ?? null}
          hooks={hooks}
          problems={problems}
          queue={queue}
          onPublished={(revision) => {
            setPublishedRevision(revision);
            setPinned(context.used);
          }}
          onChoose={choose}
          onTests={() => {
            useCanvasSession.getState().open(null);
            setDrawer({ kind: "tests" });
          }}
          onClose={() => useCanvasSession.getState().open(null)}
        />
      )}
      {overlay?.kind === "flow-settings" && (
        <Suspense>
          <FlowSettingsDialog
            flow={flow.id}
            settings={document.settings ?? {}}
            onSave={(settings) => {
              const saved = store.getState().edit([{ edit: "set-settings", settings }]);
              if (saved.outcome === "refused") notify("failed", "That cannot be changed", saved.message);
              useCanvasSession.getState().open(null);
            }}
            onClose={() => useCanvasSession.getState().open(null)}
          />
        </Suspense>
      )}
      {testRun.form && <RunDraftForm flow={document} onRun={testRun.form.fillIn} onClose={testRun.form.cancel} />}
      <LeaveGuard queue={queue} />
    </>
  );
}

function focusSettings(): void {
  requestAnimationFrame(() => focusField(globalThis.document.getElementById(sideId)));
}
