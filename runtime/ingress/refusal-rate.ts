import { performance } from "node:perf_hooks";
import type { Clock } from "../ids.ts";

/** How many deliveries of one hook are refused in a tenth of a second, on this node. */
export type RefusalRate = {
  /** More were refused just now than there is time to verify: the next ones are answered unread. */
  overloaded(hook: string): boolean;
  /** Counts a refusal; false when nobody needs a note of it any more. */
  count(hook: string): boolean;
};

/** Short, so that what is verified of a flood is spread and others never wait behind all of it. */
const windowMs = 100;
/** So many refusals of a hook are verified in a window however busy the process is: a genuine delivery amid a flood has a chance. */
const leastVerified = 50;
const mostVerified = 1_600;
/** The share of its time that a process may be busy and still verify more. */
const busyShare = 0.5;
const mostNoted = 25;
const mostHooks = 10_000;

/**
 * A flood of bad signatures on one hook must cost the others nothing, and its own genuine deliveries as little as can be: while the
 * process has time to spare more of it is verified, up to all of it, and less again when time gets short. In memory, so each node counts
 * for itself. `busy`: the share of the time since it was asked last in which the process had something to do, from 0 to 1.
 */
export function createRefusalRate(clock: Clock, busy: () => number): RefusalRate {
  let since = Number.NEGATIVE_INFINITY;
  let counts = new Map<string, number>();
  let verified = leastVerified;

  function current(): Map<string, number> {
    const now = clock();
    if (now - since >= windowMs || now < since) {
      since = now;
      counts = new Map();
      verified = busy() > busyShare ? Math.max(leastVerified, verified / 2) : Math.min(mostVerified, verified * 2);
    }
    return counts;
  }

  return {
    overloaded: (hook) => (current().get(hook) ?? 0) >= verified,
    count(hook) {
      const known = current();
      const count = (known.get(hook) ?? 0) + 1;
      if (count > 1 || known.size < mostHooks) known.set(hook, count);
      return count <= mostNoted;
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
