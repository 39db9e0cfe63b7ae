import type { SetTimer } from "../engine/timer.ts";

/** A clock that stands still but for its jumps, and the timers that fall due by them. */
export type VirtualTime = { clock(): number; setTimer: SetTimer; jumpTo(time: number): void };

export function createVirtualTime(startAt: number): VirtualTime {
  let now = startAt;
  const pending = new Set<{ at: number; callback: () => void }>();
  const fire = () => {
    for (const timer of [...pending]) {
      if (timer.at > now) continue;
      pending.delete(timer);
      timer.callback();
    }
  };
  return {
    clock: () => now,
    setTimer(ms, callback) {
      const timer = { at: now + ms, callback };
      pending.add(timer);
      if (ms <= 0) setImmediate(fire);
      return () => void pending.delete(timer);
    },
    jumpTo(time) {
      now = Math.max(now, time);
      fire();
    },
  };
}
