import { useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { FlowDraft } from "../../../shared/api/flows.ts";
import { call } from "../../api/client.ts";
import { saveEdits } from "../../api/routes.ts";
import { createSaveQueue, type SaveQueue, type SaveState } from "../../api/save-queue.ts";
import { useCanvasSession } from "../../stores/canvas-session.ts";
import { lastOfEach } from "../../stores/flow-history.ts";
import { createFlowStore, type FlowStore } from "../../stores/flow-store.ts";
import { nothing, onlyNode } from "../../stores/selection.ts";
import { AutosaveTimer } from "./autosave-timer.ts";

/** The document of a page and the queue that saves it, made once for a draft as it was loaded. `selected`: the node to begin with. */
export function useEditor(flow: string, draft: FlowDraft, selected: string | undefined): { store: FlowStore; queue: SaveQueue } {
  const after = useContext(AutosaveTimer);
  const [editor] = useState(() => {
    const queue = createSaveQueue({
      revision: draft.revision,
      savedAt: draft.savedAt,
      send: (body) => call(saveEdits, { params: { flow }, body }),
      newId: () => crypto.randomUUID(),
      after,
      merge: lastOfEach,
    });
    return { store: createFlowStore(draft.document, queue.push), queue };
  });
  const { queue } = editor;
  useEffect(() => {
    const session = useCanvasSession.getState();
    session.open(null);
    session.select(selected === undefined ? nothing : onlyNode(selected));
  }, [selected]);
  useEffect(() => {
    // A hidden page may be thrown away without another word.
    const onHide = () => void (document.hidden && queue.flush());
    document.addEventListener("visibilitychange", onHide);
    return () => {
      document.removeEventListener("visibilitychange", onHide);
      queue.close();
    };
  }, [queue]);
  return editor;
}

export function useSaveState(queue: SaveQueue): SaveState {
  return useSyncExternalStore(queue.subscribe, queue.state);
}
