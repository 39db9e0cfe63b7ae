import type { Clock } from "../ids.ts";

/** How many deliveries of one hook are refused in a tenth of a second, on this node. */
export type RefusalRate = {
  /** More were refused just now than anybody wants to verify: the next ones are answered unread. */
  overloaded(hook: string): boolean;
  /** Counts a refusal; false when nobody needs a note of it any more. */
  count(hook: string): boolean;
};

/** Short, so that what is verified of a flood is spread and others never wait behind all of it. */
const windowMs = 100;
const mostVerified = 50;
const mostNoted = 25;
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
