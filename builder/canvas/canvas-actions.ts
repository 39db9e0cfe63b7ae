import { createContext, useContext } from "react";

/** What a card can ask for. */
export type CanvasActions = {
  /** Asks what comes behind a port. */
  addAfter: (node: string, port: string) => void;
};

const none: CanvasActions = { addAfter: () => {} };
export const CanvasActionsContext = createContext<CanvasActions>(none);

export function useCanvasActions(): CanvasActions {
  return useContext(CanvasActionsContext);
}
