import { useBlocker } from "@tanstack/react-router";

/** Asks before a page is left on which something was typed that is not saved. */
export function useLeaveQuestion(dirty: boolean, question: string): void {
  useBlocker({ shouldBlockFn: () => dirty && !window.confirm(question), enableBeforeUnload: dirty });
}
