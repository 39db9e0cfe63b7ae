import { performance } from "node:perf_hooks";
import type { Clock } from "../ids.ts";

/** How many deliveries of each hook are refused at the moment, on this node. */
export type RefusalRate = {
  /** More were refused just now than there is time to verify: the next ones are answered unread. */
  overloaded(hook: string): boolean;
  /** Counts a refusal; false when nobody needs a note of it any more. */
  count(hook: string): boolean;
};

/** Short, so that what is verified of a flood is spread and others never wait behind all of it. */
const verifyWindowMs = 100;
/** So many refusals of a hook are verified in a window however busy the process is: a genuine delivery amid a flood has a chance. */
const leastVerified = 50;
const mostVerified = 1_600;
/** The share of its time that a process may be busy and still verify more. */
const busyShare = 0.5;
/** A note costs more than the refusal itself, and goes to all nodes: of a flood the first ones of each second tell enough. */
const noteWindowMs = 1_000;
const mostNoted = 20;
const mostHooks = 10_000;

/**
 * A flood of bad signatures on one hook must cost the others nothing, and its own genuine deliveries as little as can be: while the
 * process has time to spare more of it is verified, up to all of it, and less again when time gets short. In memory, so each node counts
 * for itself. `busy`: the share of the time since it was asked last in which the process had something to do, from 0 to 1.
 */
export function createRefusalRate(clock: Clock, busy: () => number): RefusalRate {
  let verified = leastVerified;
  const refused = countInWindows(clock, verifyWindowMs, () => {
    verified = busy() > busyShare ? Math.max(leastVerified, verified / 2) : Math.min(mostVerified, verified * 2);
  });
  const noted = countInWindows(clock, noteWindowMs);
  return {
    overloaded: (hook) => refused.of(hook) >= verified,
    count(hook) {
      refused.add(hook);
      return noted.add(hook) <= mostNoted;
    },
  };
}

/** Counts from nothing again in each window, for so many hooks as there is room for. */
function countInWindows(clock: Clock, windowMs: number, begin: () => void = () => {}) {
  let since = Number.NEGATIVE_INFINITY;
  let counts = new Map<string, number>();

  function current(): Map<string, number> {
    const now = clock();
    if (now - since >= windowMs || now < since) {
      since = now;
      counts = new Map();
      begin();
    }
    return counts;
  }

  return {
    of: (hook: string) => current().get(hook) ?? 0,
    add(hook: string): number {
      const known = current();
      const count = (known.get(hook) ?? 0) + 1;
      if (count > 1 || known.size < mostHooks) known.set(hook, count);
      return count;
    },
  };
}

/** How busy this process's event loop was since it was asked last. */
export function createLoopUse(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
