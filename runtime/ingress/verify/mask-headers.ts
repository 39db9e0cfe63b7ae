import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";

/** Stands for a value that must not be kept. */
const mask = "***";

/** Words that name a credential in a header's or a parameter's name, whoever the provider is. */
const credential =
  /(?:^|[-_])(?:authorization|authentication|auth|cookie|cookie2|[a-z]*apikey|credentials?|csrf|hmac|hmacsha\d+|jwt|key|passw(?:or)?d|secret|session|sig|signature|[a-z]*token|xsrf)(?:[-_]|$)/;
/** Ends in "key" but identifies an event. */
const identifiers = new Set(["idempotency-key", "x-idempotency-key"]);

/**
 * The headers of a delivery as they may be stored and shown: lower-case names, credentials and signatures as "***". A signature
 * is as good as a credential while its timestamp is fresh.
 */
export function maskHeaders(headers: Record<string, string>, recipe: SignatureRecipe | null): Record<string, string> {
  const secret = secretNames(recipe, "header");
  const masked = Object.entries(headers).map(([name, value]): [string, string] => {
    const lower = name.toLowerCase();
    return [lower, secret.has(lower) || namesCredential(lower) ? mask : value];
  });
  return Object.fromEntries(masked);
}

/** The same for the parameters of a query: their names as they are, the values of a repeated one joined as those of a header. */
export function maskQuery(query: Record<string, string[]>, recipe: SignatureRecipe | null = null): Record<string, string> {
  const secret = secretNames(recipe, "query");
  const masked = Object.entries(query).map(([name, values]): [string, string] => {
    return [name, secret.has(name) || namesCredential(name.toLowerCase()) ? mask : values.join(", ")];
  });
  return Object.fromEntries(masked);
}

const secretNamesOf = new WeakMap<SignatureRecipe, Record<"header" | "query", Set<string>>>();

/** Where a recipe's signatures and tokens are, headers in lower case. */
function secretNames(recipe: SignatureRecipe | null, where: "header" | "query"): Set<string> {
  if (recipe === null || !("signature" in recipe)) return noNames;
  let names = secretNamesOf.get(recipe);
  if (names === undefined) {
    names = { header: new Set(), query: new Set() };
    for (const place of recipe.signature.places) {
      if (place.in === "header") names.header.add(place.name.toLowerCase());
      if (place.in === "query") names.query.add(place.name);
    }
    secretNamesOf.set(recipe, names);
  }
  return names[where];
}

const noNames = new Set<string>();

/** Senders use the same few names over and over; what a stranger makes up is not remembered beyond this many. */
const remembered = 1_000;
const known = new Map<string, boolean>();

function namesCredential(lowerName: string): boolean {
  const before = known.get(lowerName);
  if (before !== undefined) return before;
  const names = credential.test(lowerName) && !identifiers.has(lowerName);
  if (known.size < remembered) known.set(lowerName, names);
  return names;
}
