import type { ManualTimers } from "../engine/manual-timers.ts";
import type { Wait } from "../outbound/quota.ts";

/** Waits that end when the clock is moved so far, or when they are called off. */
export function createTestWaits({ setTimer }: ManualTimers): { wait: Wait; readonly size: number } {
  const waiting = new Set<() => void>();
  return {
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const end = () => {
          callOff();
          waiting.delete(end);
          resolve();
        };
        waiting.add(end);
        const callOff = setTimer(ms, end);
        signal?.addEventListener("abort", end, { once: true });
      }),
    get size() {
      return waiting.size;
    },
  };
}
