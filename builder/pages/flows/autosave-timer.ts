import { createContext } from "react";

/** Calls back after a time; gives how to prevent it. */
export type Timer = (ms: number, callback: () => void) => () => void;

/** The timer that saves drafts after a pause. Tests put one in its place that does not wait. */
export const AutosaveTimer = createContext<Timer>((ms, callback) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
});
