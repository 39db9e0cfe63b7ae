import { useEffect } from "react";
import { useCanvasSession } from "../stores/canvas-session.ts";
import { isTyping } from "./shortcuts.ts";
import type { CanvasEdits } from "./use-canvas-edits.ts";

/**
 * Copy, cut and paste of nodes by the browser's own events: they bring the clipboard along without asking for a permission. Text
 * that somebody has marked on the page is copied as text.
 */
export function useClipboard(edits: CanvasEdits, locked: boolean): void {
  useEffect(() => {
    const isOurs = (event: Event) =>
      !isTyping(event.target) && !isTyping(document.activeElement) && useCanvasSession.getState().overlay === null;

    function onCopy(event: ClipboardEvent): void {
      if (!isOurs(event) || window.getSelection()?.toString()) return;
      const text = edits.copiedText();
      if (text === null) return;
      event.preventDefault();
      event.clipboardData?.setData("text/plain", text);
      useCanvasSession.getState().copy(text);
      if (event.type === "cut" && !locked) edits.remove();
    }
    function onPaste(event: ClipboardEvent): void {
      if (!isOurs(event) || locked) return;
      event.preventDefault();
      const text = event.clipboardData?.getData("text/plain") || useCanvasSession.getState().clipboard;
      if (text) void edits.paste(text, null);
    }
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [edits, locked]);
}
