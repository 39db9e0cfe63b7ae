import { createContext } from "react";

/** Saves what is not saved yet; false when it cannot be. For what asks the server about a node that may be new. */
export const DraftSaved = createContext<() => Promise<boolean>>(() => Promise.resolve(true));
