import { lazy, Suspense } from "react";
import type { Flow } from "../../shared/flow/flow.ts";
import { type Overlay, useCanvasSession } from "../stores/canvas-session.ts";
import { focusCanvas } from "./focus-canvas.ts";
import type { CanvasEdits } from "./use-canvas-edits.ts";
import { isMac } from "./use-shortcuts.ts";

const Palette = lazy(() => import("./palette.tsx"));
const ConnectDialog = lazy(() => import("./connect-dialog.tsx"));
const ShortcutList = lazy(() => import("./shortcut-list.tsx"));

/** The windows that belong to the canvas, of which one may be open. */
export function CanvasWindows({ document, edits }: { document: Flow; edits: CanvasEdits }) {
  const overlay = useCanvasSession((state) => state.overlay);
  return <Suspense>{overlay && <OpenWindow overlay={overlay} document={document} edits={edits} />}</Suspense>;
}

function OpenWindow({ overlay, document, edits }: { overlay: Overlay; document: Flow; edits: CanvasEdits }) {
  const close = () => useCanvasSession.getState().open(null);
  const nameOf = (id: string | undefined) => document.nodes.find((node) => node.id === id);
  const backToCanvas = () => focusCanvas(useCanvasSession.getState().selection.nodes.at(-1));
  switch (overlay.kind) {
    case "palette":
      return (
        <Palette
          after={nameOf(overlay.after?.node)?.name ?? null}
          onClose={close}
          onClosed={backToCanvas}
          onChoose={(choice) => {
            close();
            edits.add(choice, overlay);
          }}
        />
      );
    case "connect": {
      const source = nameOf(overlay.node);
      if (!source) return null;
      return (
        <ConnectDialog
          flow={document}
          source={source}
          onClose={close}
          onClosed={backToCanvas}
          onEdit={(edit) => {
            close();
            edits.edit([edit]);
          }}
        />
      );
    }
    case "shortcuts":
      return <ShortcutList mac={isMac} onClose={close} />;
    case "publish":
      return null;
  }
}
