import type { SetTimer } from "../engine/timer.ts";
import type { Wait } from "../outbound/quota.ts";
import type { TestClock } from "./test-database.ts";

export type TestTimers = { setTimer: SetTimer; fire(): void; callOff(): void; size(): number };

/** Timers that fire when the test moves the clock; those of length 0 fire by themselves. */
export function createTestTimers(clock: TestClock): TestTimers {
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

/** Waits that end when the clock is moved so far, or when they are called off. */
export function createTestWaits({ setTimer }: TestTimers): { wait: Wait; readonly size: number } {
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
