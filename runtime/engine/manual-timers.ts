import type { SetTimer } from "./timer.ts";

export type ManualTimers = { setTimer: SetTimer; fire(): void; callOff(): void; size(): number };

/** Timers of a clock that somebody moves, who fires them afterwards; those of length 0 fire by themselves. */
export function createManualTimers(clock: () => number): ManualTimers {
  const pending = new Set<{ at: number; callback: () => void }>();
  const fire = () => {
    for (const timer of [...pending]) {
      if (timer.at > clock()) continue;
      pending.delete(timer);
      timer.callback();
    }
  };
  return {
    setTimer(ms, callback) {
      const timer = { at: clock() + ms, callback };
      pending.add(timer);
      if (ms <= 0) setImmediate(fire);
      return () => void pending.delete(timer);
    },
    fire,
    callOff: () => pending.clear(),
    size: () => pending.size,
  };
}
