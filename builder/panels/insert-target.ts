import { createContext, useContext, useMemo, useRef } from "react";

/** Where a path goes that is chosen in the data tree: the field that was used last. */
export type InsertTarget = {
  /** Called by a field when it gets the keyboard. */
  take: (insert: (path: string) => void) => void;
  /** False when no field was used yet. */
  insert: (path: string) => boolean;
};

const nowhere: InsertTarget = { take: () => {}, insert: () => false };
export const InsertContext = createContext<InsertTarget>(nowhere);

export function useInsertTarget(): InsertTarget {
  return useContext(InsertContext);
}

/** `owner`: what the fields belong to; those of another one are forgotten. */
export function useNewInsertTarget(owner: string): InsertTarget {
  const last = useRef<{ owner: string; insert: (path: string) => void } | null>(null);
  return useMemo(
    () => ({
      take(insert) {
        last.current = { owner, insert };
      },
      insert(path) {
        if (last.current?.owner !== owner) return false;
        last.current.insert(path);
        return true;
      },
    }),
    [owner],
  );
}
