import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";

/** Stands for a value that must not be kept. */
const mask = "***";

/** Words that name a credential in a header's name, whoever the provider is. */
const credential =
  /(?:^|[-_])(?:authorization|authentication|auth|cookie|cookie2|credentials?|csrf|hmac|hmacsha\d+|jwt|key|passw(?:or)?d|secret|session|sig|signature|[a-z]*token|xsrf)(?:[-_]|$)/;
/** Ends in "key" but identifies an event. */
const identifiers = new Set(["idempotency-key", "x-idempotency-key"]);

/**
 * The headers of a delivery as they may be stored and shown: lower-case names, credentials and signatures as "***". A signature
 * is as good as a credential while its timestamp is fresh.
 */
export function maskHeaders(headers: Record<string, string>, recipe: SignatureRecipe | null): Record<string, string> {
  const signature = recipe?.signature.header.toLowerCase();
  const masked = Object.entries(headers).map(([name, value]): [string, string] => {
    const lower = name.toLowerCase();
    const secret = lower === signature || (credential.test(lower) && !identifiers.has(lower));
    return [lower, secret ? mask : value];
  });
  return Object.fromEntries(masked);
}
