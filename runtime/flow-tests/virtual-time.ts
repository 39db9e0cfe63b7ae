import { createManualTimers } from "../engine/manual-timers.ts";
import type { SetTimer } from "../engine/timer.ts";

/** A clock that stands still but for its jumps, and the timers that fall due by them. */
export type VirtualTime = { clock(): number; setTimer: SetTimer; jumpTo(time: number): void };

export function createVirtualTime(startAt: number): VirtualTime {
  let now = startAt;
  const { setTimer, fire } = createManualTimers(() => now);
  return {
    clock: () => now,
    setTimer,
    jumpTo(time) {
      now = Math.max(now, time);
      fire();
    },
  };
}
