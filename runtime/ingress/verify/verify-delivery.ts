import type { CompiledRecipe } from "./compile-recipe.ts";
import type { Accepted, Delivery, Refused } from "./delivery.ts";

/**
 * Stage 2 of the path: does this delivery come from the provider, at `now` (ms)? The body is verified as raw bytes; only then is
 * it parsed, and only when the event's id is inside it. Never throws for anything a sender can put into a request.
 */
export function verifyDelivery(compiled: CompiledRecipe, delivery: Delivery, now: number): Accepted | Refused {
  return compiled.check(delivery, now) ?? { outcome: "accepted", dedupeKey: compiled.dedupeKey(delivery) };
}
