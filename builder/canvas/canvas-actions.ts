import { createContext, useContext } from "react";

/** What a card and an edge can ask for. */
export type CanvasActions = {
  /** Asks what comes behind a port. */
  addAfter: (node: string, port: string) => void;
  /** Asks what goes into a container. */
  addInside: (container: string) => void;
  /** Asks what comes between the two nodes of an edge. */
  addInto: (edge: string) => void;
};

const none: CanvasActions = { addAfter: () => {}, addInside: () => {}, addInto: () => {} };
export const CanvasActionsContext = createContext<CanvasActions>(none);

export function useCanvasActions(): CanvasActions {
  return useContext(CanvasActionsContext);
}
