import { useState, useSyncExternalStore } from "react";

/** One timer for all that shows time passing, at the pace of its quickest reader, stopped while nobody reads. */
const readers = new Map<() => void, number>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function restart(): void {
  clearInterval(timer);
  if (readers.size === 0) return;
  timer = setInterval(tick, Math.min(...readers.values()));
}

function tick(): void {
  now = Date.now();
  for (const reader of readers.keys()) reader();
}

function subscribe(reader: () => void, everyMs: number): () => void {
  readers.set(reader, everyMs);
  restart();
  return () => {
    readers.delete(reader);
    restart();
  };
}

const slow = (reader: () => void) => subscribe(reader, 10_000);
const quick = (reader: () => void) => subscribe(reader, 200);
const stopped = () => () => {};

/**
 * The time in milliseconds, looked at anew every ten seconds (`slow`), five times a second (`quick`) or never (`stopped`), and whenever
 * what shows it is drawn for another reason: what happened just now is never ahead of it.
 */
export function useNow(pace: "slow" | "quick" | "stopped"): number {
  const [firstShown] = useState(Date.now);
  const ticked = useSyncExternalStore(pace === "quick" ? quick : pace === "slow" ? slow : stopped, () => now);
  return pace === "stopped" ? Math.max(firstShown, ticked) : Date.now();
}
