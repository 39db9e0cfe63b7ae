import type { Clock } from "../ids.ts";

/** How many deliveries of one hook are refused in a second, on this node. */
export type RefusalRate = {
  /** More were refused in this second than anybody wants to verify: the rest of it is answered unread. */
  overloaded(hook: string): boolean;
  /** Counts a refusal; false when nobody needs a note of it any more in this second. */
  count(hook: string): boolean;
};

const windowMs = 1_000;
/** Verifying this many takes a small part of a core, so that deliveries of other hooks do not wait. */
const mostVerified = 1_000;
const mostNoted = 250;
const mostHooks = 10_000;

/** A flood of bad signatures on one hook must cost the others nothing. In memory, so each node counts for itself. */
export function createRefusalRate(clock: Clock): RefusalRate {
  let since = Number.NEGATIVE_INFINITY;
  let counts = new Map<string, number>();

  function current(): Map<string, number> {
    const now = clock();
    if (now - since >= windowMs || now < since) {
      since = now;
      counts = new Map();
    }
    return counts;
  }

  return {
    overloaded: (hook) => (current().get(hook) ?? 0) >= mostVerified,
    count(hook) {
      const known = current();
      const count = (known.get(hook) ?? 0) + 1;
      if (count > 1 || known.size < mostHooks) known.set(hook, count);
      return count <= mostNoted;
    },
  };
}
