import type { RefusalReason } from "../../../shared/event/signature-recipe.ts";

/**
 * Reads one header of a delivery by its lower-case name: null when it was not sent, several values joined by ", ". Its characters
 * stand for bytes (latin1), as Node's parser and `Headers` give them.
 */
export type HeaderLookup = (lowerCaseName: string) => string | null;

/**
 * One request to a hook URL: the body exactly as it was received. `url`: the configured public URL of the hook, with path and query
 * exactly as they were sent; never what `Host` or a forwarding header says, since anybody can write those.
 */
export type Delivery = { method: string; url: string; headers: HeaderLookup; body: Uint8Array };

/** A secret as its owner wrote it. `expiresAt` (ms) is set on the previous one while a rotation lasts. */
export type SigningSecret = { secret: string; expiresAt: number | null };

/** `header`: the lower-case name of the header that is at fault, when it is one. */
export type Refused = { outcome: "refused"; reason: RefusalReason; header: string | null };

/** `by`: how it was verified, in words for people. */
export type Verified = { outcome: "verified"; by: string };

/** `dedupeKey` null: the recipe names no event id, or this delivery has none that can be used. */
export type Accepted = { outcome: "accepted"; dedupeKey: string | null; verifiedBy: string };

/**
 * What a verifier of the table makes of a recipe: is the signature right at `now` (ms)? `certificate`: PEM, where the delivery names
 * one. Never throws for anything a sender can put into a request.
 */
export type Check = (delivery: Delivery, now: number, certificate?: string) => Verified | Refused;

export function refused(reason: RefusalReason, header: string | null = null): Refused {
  return { outcome: "refused", reason, header };
}
