import { Copy, CopyPlus, Spline, Trash2 } from "lucide-react";
import { useCanvasSession } from "../stores/canvas-session.ts";
import type { Selection } from "../stores/selection.ts";
import { copyText } from "../ui/copy-button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { notify } from "../ui/toast.ts";
import type { CanvasEdits } from "./use-canvas-edits.ts";

/** What can be done with what is selected. */
export function SelectionActions({
  selection,
  edits,
  className,
}: {
  selection: Selection;
  edits: CanvasEdits;
  className: string;
}) {
  const { nodes, edges } = selection;
  if (nodes.length + edges.length === 0) return null;
  return (
    <div className={`${className} animate-appear pl-3`}>
      <span className="pr-2 text-muted text-xs tabular-nums">{describe(selection)}</span>
      {nodes.length === 1 && (
        <IconButton label="Connect to…" onClick={edits.askWhereTo}>
          <Spline aria-hidden="true" />
        </IconButton>
      )}
      {nodes.length > 0 && (
        <>
          <IconButton label="Copy" onClick={() => void copy(edits)}>
            <Copy aria-hidden="true" />
          </IconButton>
          <IconButton label="Duplicate" onClick={edits.duplicate}>
            <CopyPlus aria-hidden="true" />
          </IconButton>
        </>
      )}
      <IconButton label="Delete" onClick={edits.remove}>
        <Trash2 aria-hidden="true" />
      </IconButton>
    </div>
  );
}

function describe({ nodes, edges }: Selection): string {
  const count = (number: number, one: string) => (number === 0 ? [] : [`${number} ${number === 1 ? one : `${one}s`}`]);
  return [...count(nodes.length, "node"), ...count(edges.length, "edge")].join(", ");
}

async function copy(edits: CanvasEdits): Promise<void> {
  const text = edits.copiedText();
  if (text === null) return;
  useCanvasSession.getState().copy(text);
  await copyText(text);
  notify("done", "Copied", "Paste with Ctrl V, here or in another flow.");
}
