import { Panel } from "@xyflow/react";
import { Keyboard, Network, Plus, Redo2, SlidersHorizontal, Undo2 } from "lucide-react";
import { useStore } from "zustand";
import { useCanvasSession } from "../stores/canvas-session.ts";
import type { FlowStore } from "../stores/flow-store.ts";
import type { Selection } from "../stores/selection.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { SelectionActions } from "./selection-actions.tsx";
import type { CanvasEdits } from "./use-canvas-edits.ts";

const group = "flex items-center gap-1 rounded-control border border-line bg-raised p-1 shadow-raised";

/** What is done to the flow as a whole, and beside it what is done to what is selected. */
export function EditToolbar({ store, edits, selection }: { store: FlowStore; edits: CanvasEdits; selection: Selection }) {
  return (
    <Panel position="top-left" className="flex gap-2">
      <FlowActions store={store} edits={edits} />
      <SelectionActions selection={selection} edits={edits} className={group} />
    </Panel>
  );
}

function FlowActions({ store, edits }: { store: FlowStore; edits: CanvasEdits }) {
  const canUndo = useStore(store, ({ history }) => history.past.length > 0);
  const canRedo = useStore(store, ({ history }) => history.future.length > 0);
  const open = useCanvasSession((state) => state.open);
  return (
    <div className={group}>
      <Button size="small" look="quiet" onClick={edits.askWhatToAdd} data-tip="Tab" data-tip-side="bottom">
        <Plus aria-hidden="true" />
        Add
      </Button>
      <span aria-hidden="true" className="h-4 border-line border-l" />
      <IconButton label="Undo" side="bottom" disabled={!canUndo} onClick={edits.undo}>
        <Undo2 aria-hidden="true" />
      </IconButton>
      <IconButton label="Redo" side="bottom" disabled={!canRedo} onClick={edits.redo}>
        <Redo2 aria-hidden="true" />
      </IconButton>
      <IconButton label="Arrange the nodes" side="bottom" onClick={() => void edits.layout()}>
        <Network aria-hidden="true" />
      </IconButton>
      <IconButton label="Settings of the flow" side="bottom" onClick={() => open({ kind: "flow-settings" })}>
        <SlidersHorizontal aria-hidden="true" />
      </IconButton>
      <IconButton label="Keyboard shortcuts" side="bottom" onClick={() => open({ kind: "shortcuts" })}>
        <Keyboard aria-hidden="true" />
      </IconButton>
    </div>
  );
}
