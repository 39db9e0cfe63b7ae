import { lazy, Suspense, useEffect } from "react";
import type { Flow } from "../../shared/flow/flow.ts";
import { type Overlay, useCanvasSession } from "../stores/canvas-session.ts";
import { focusCanvas } from "./focus-canvas.ts";
import { geometryOf } from "./geometry.ts";
import type { CanvasEdits } from "./use-canvas-edits.ts";
import { isMac } from "./use-shortcuts.ts";

const loadPalette = () => import("./palette.tsx");
const Palette = lazy(loadPalette);
const ConnectDialog = lazy(() => import("./connect-dialog.tsx"));
const ShortcutList = lazy(() => import("./shortcut-list.tsx"));

/** The windows that belong to the canvas, of which one may be open. */
export function CanvasWindows({ document, edits }: { document: Flow; edits: CanvasEdits }) {
  const overlay = useCanvasSession((state) => state.overlay);
  // Nearly every visit opens the palette: it is there when it is asked for, and not in the way of the first picture.
  useEffect(() => void loadPalette(), []);
  return <Suspense>{overlay && <OpenWindow overlay={overlay} document={document} edits={edits} />}</Suspense>;
}

function OpenWindow({ overlay, document, edits }: { overlay: Overlay; document: Flow; edits: CanvasEdits }) {
  const close = () => useCanvasSession.getState().open(null);
  const nodeOf = (id: string | undefined) => document.nodes.find((node) => node.id === id);
  const backToCanvas = () => focusCanvas(useCanvasSession.getState().selection.nodes.at(-1), { ifFree: true });
  switch (overlay.kind) {
    case "palette": {
      const { after, edge: through, into = null } = overlay.place;
      const edge = document.edges.find(({ id }) => id === through);
      const inside = into === null ? undefined : nodeOf(into);
      const isEmpty = inside !== undefined && geometryOf(document).inside(inside.id).length === 0;
      const ends = [nodeOf(edge?.source)?.name, nodeOf(edge?.target)?.name] as const;
      return (
        <Palette
          after={nodeOf(after?.node)?.name ?? null}
          between={ends[0] !== undefined && ends[1] !== undefined ? [ends[0], ends[1]] : null}
          inside={inside?.name ?? null}
          first={isEmpty || (inside && !after) ? "inside" : after === null && edge ? "between" : "behind"}
          bordered={after !== null && geometryOf(document).parent(after.node) !== null}
          onClose={close}
          onClosed={backToCanvas}
          onChoose={(choice, way) => {
            close();
            if (way === "between" && edge) edits.insert(choice, edge.id);
            else if (way === "inside") edits.add(choice, { after: null, at: overlay.place.at, into });
            else edits.add(choice, { after, at: overlay.place.at });
          }}
        />
      );
    }
    case "connect": {
      const source = nodeOf(overlay.node);
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
    case "flow-settings":
      return null;
  }
}
