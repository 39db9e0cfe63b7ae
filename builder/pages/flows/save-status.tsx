import { CloudAlert, CloudOff } from "lucide-react";
import { useState } from "react";
import type { SaveQueue } from "../../api/save-queue.ts";
import { documentOf, type FlowStore } from "../../stores/flow-store.ts";
import { Button } from "../../ui/button.tsx";
import { copyText } from "../../ui/copy-button.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { useSaveState } from "./use-editor.ts";

/** Whether what one sees is on the server: in the header, always. */
export function SaveStatus({ queue }: { queue: SaveQueue }) {
  const state = useSaveState(queue);
  return (
    <span
      role="status"
      aria-label="Saving"
      data-testid="save-state"
      data-state={state.state}
      className="min-w-0 truncate text-sm"
    >
      {state.state === "saved" && (
        <span className="text-muted">
          Draft saved <RelativeTime at={state.at} />
        </span>
      )}
      {state.state === "saving" && <span className="text-muted">Saving…</span>}
      {state.state === "offline" && (
        <span className="flex items-center gap-1.5 text-waiting-text">
          <CloudOff aria-hidden="true" className="size-4 shrink-0" />
          Offline, trying again
        </span>
      )}
      {(state.state === "conflict" || state.state === "refused") && (
        <span className="flex items-center gap-1.5 text-failed-text">
          <CloudAlert aria-hidden="true" className="size-4 shrink-0" />
          Not saved
        </span>
      )}
    </span>
  );
}

/** What to do when nothing more can be saved: across the page, because everything done from here on would be lost. */
export function SaveTrouble({ queue, store, onReload }: { queue: SaveQueue; store: FlowStore; onReload: () => void }) {
  const state = useSaveState(queue);
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");
  if (state.state !== "conflict" && state.state !== "refused") return null;
  const keep = async () => {
    const document = JSON.stringify(documentOf(store.getState()));
    setCopied((await copyText(document)) ? "yes" : "failed");
  };
  return (
    <div
      role="alert"
      className="flex shrink-0 flex-wrap items-center gap-3 border-failed-line border-b bg-failed-tint px-6 py-2.5 text-sm"
    >
      <p className="min-w-0 flex-1">
        <span className="font-medium text-failed-text">
          {state.state === "conflict" ? "Somebody else has saved this draft meanwhile." : state.message}
        </span>{" "}
        {state.state === "conflict"
          ? "Your last changes are on this page only. Copy them before you load theirs: a copy can be pasted into any flow."
          : "Your last changes are on this page only."}
        {copied === "yes" && " Copied: paste it on a canvas with Ctrl V."}
        {copied === "failed" && " The browser did not let it be copied."}
      </p>
      <div className="flex gap-2">
        {state.state === "refused" && (
          <Button size="small" onClick={queue.retry}>
            Try again
          </Button>
        )}
        <Button size="small" onClick={() => void keep()}>
          Keep mine as a copy
        </Button>
        <Button size="small" onClick={onReload}>
          {state.state === "conflict" ? "Load theirs" : "Load the saved draft"}
        </Button>
      </div>
    </div>
  );
}
