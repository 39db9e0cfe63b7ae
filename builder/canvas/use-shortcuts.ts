import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { useCanvasSession } from "../stores/canvas-session.ts";
import { nothing, onlyNode } from "../stores/selection.ts";
import { editMargin, fitWithin } from "./canvas-toolbar.tsx";
import { canvasId } from "./focus-canvas.ts";
import { isTyping, type ShortcutId, shortcutOf } from "./shortcuts.ts";
import type { CanvasEdits } from "./use-canvas-edits.ts";

/** What the page around the canvas does. */
export type PageCommands = { save: () => void; run: () => void; runToHere: () => void; settings: () => void };

export const isMac = /mac/i.test(navigator.platform);
const looking: ReadonlySet<ShortcutId> = new Set(["zoom-in", "zoom-out", "zoom-reset", "fit", "help", "escape", "run", "save"]);

/** Listens to the page's keys while the canvas is on it. `locked`: only what changes nothing. */
export function useShortcuts(edits: CanvasEdits, page: PageCommands, locked: boolean): void {
  const flow = useReactFlow();
  useEffect(() => {
    const session = useCanvasSession.getState();
    const commands: Record<ShortcutId, () => void> = {
      add: edits.askWhatToAdd,
      connect: edits.askWhereTo,
      settings: page.settings,
      undo: edits.undo,
      redo: edits.redo,
      copy: () => {},
      cut: () => {},
      paste: () => {},
      duplicate: edits.duplicate,
      delete: edits.remove,
      "select-all": edits.selectAll,
      escape: () => session.select(nothing),
      "walk-up": () => edits.walk("up"),
      "walk-down": () => edits.walk("down"),
      "walk-left": () => edits.walk("left"),
      "walk-right": () => edits.walk("right"),
      "move-up": () => edits.push("up"),
      "move-down": () => edits.push("down"),
      "move-left": () => edits.push("left"),
      "move-right": () => edits.push("right"),
      layout: () => void edits.layout(),
      "zoom-in": () => void flow.zoomIn(),
      "zoom-out": () => void flow.zoomOut(),
      "zoom-reset": () => void flow.zoomTo(1),
      fit: () => void flow.fitView(fitWithin(editMargin)),
      save: page.save,
      run: page.run,
      "run-to-here": page.runToHere,
      help: () => session.open({ kind: "shortcuts" }),
    };
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || isTyping(event.target)) return;
      const onCanvas = event.target instanceof Element && event.target.closest(`#${canvasId}`) !== null;
      if (useCanvasSession.getState().overlay) {
        // The window is about to come: the keyboard waits for it where it is.
        if (onCanvas && event.key === "Tab") event.preventDefault();
        return;
      }
      // A button on the canvas is pressed by Enter alone, as everywhere.
      const isHeld = event.ctrlKey || event.metaKey;
      if (event.key === "Enter" && !isHeld && event.target instanceof HTMLButtonElement) return;
      const id = shortcutOf(event, { onCanvas, mac: isMac });
      if (id === null || (locked && !looking.has(id) && !id.startsWith("walk"))) return;
      event.preventDefault();
      if (id === "settings") chooseFocused();
      commands[id]();
    }
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [edits, page, locked, flow]);
}

/** Enter on a card that has the keyboard chooses it first. */
function chooseFocused(): void {
  const id = document.activeElement?.closest<HTMLElement>(".react-flow__node")?.dataset.id;
  if (id !== undefined) useCanvasSession.getState().select(onlyNode(id));
}
