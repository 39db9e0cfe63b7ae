import { useSyncExternalStore } from "react";

/** One timer for all that shows time passing, at the pace of its quickest reader, stopped while nobody reads. */
const readers = new Map<() => void, number>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function restart(): void {
  clearInterval(timer);
  if (readers.size === 0) return;
  const everyMs = Math.min(...readers.values());
  timer = setInterval(() => {
    now = Date.now();
    for (const reader of readers.keys()) reader();
  }, everyMs);
}

function subscribe(reader: () => void, everyMs: number): () => void {
  if (readers.size === 0) now = Date.now();
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
const read = () => {
  if (readers.size === 0) now = Date.now();
  return now;
};

/** The time in milliseconds, renewed every ten seconds (`slow`), five times a second (`quick`), or never again (`stopped`). */
export function useNow(pace: "slow" | "quick" | "stopped"): number {
  return useSyncExternalStore(pace === "quick" ? quick : pace === "slow" ? slow : stopped, read);
}
