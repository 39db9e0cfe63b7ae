import type { CompiledRecipe } from "./compile-recipe.ts";
import type { Accepted, Delivery, Refused } from "./delivery.ts";

/**
 * Stage 2 of the path: does this delivery come from the provider, at `now` (ms)? The body is verified as raw bytes; only then is
 * it parsed, and only when the event's id is inside it. Never throws for anything a sender can put into a request. `certificate`: PEM,
 * fetched from `certificateUrl`, where the recipe has one.
 */
export function verifyDelivery(
  compiled: CompiledRecipe,
  delivery: Delivery,
  now: number,
  certificate?: string,
): Accepted | Refused {
  const checked = compiled.check(delivery, now, certificate);
  if (checked.outcome === "refused") return checked;
  return { outcome: "accepted", dedupeKey: compiled.dedupeKey(delivery), verifiedBy: checked.by };
}
