import type { RefusalReason } from "../../../shared/event/signature-recipe.ts";

/**
 * Reads one header of a delivery by its lower-case name: null when it was not sent, several values joined by ", ". Its characters
 * stand for bytes (latin1), as Node's parser and `Headers` give them.
 */
export type HeaderLookup = (lowerCaseName: string) => string | null;

/** One request to a hook URL: the body exactly as it was received. */
export type Delivery = { headers: HeaderLookup; body: Uint8Array };

/** A secret as its owner wrote it. `expiresAt` (ms) is set on the previous one while a rotation lasts. */
export type SigningSecret = { secret: string; expiresAt: number | null };

/** `header`: the lower-case name of the header that is at fault, when it is one. */
export type Refused = { outcome: "refused"; reason: RefusalReason; header: string | null };

/** `dedupeKey` null: the recipe names no event id, or this delivery has none that can be used. */
export type Accepted = { outcome: "accepted"; dedupeKey: string | null };

/** What a verifier of the table makes of a recipe: null when the signature is right at `now` (ms). */
export type Check = (delivery: Delivery, now: number) => Refused | null;

export function refused(reason: RefusalReason, header: string | null = null): Refused {
  return { outcome: "refused", reason, header };
}
