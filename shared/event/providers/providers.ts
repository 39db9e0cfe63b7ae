import type { SignatureRecipe } from "../signature-recipe.ts";
import { asymmetric } from "./asymmetric.ts";
import type { Provider } from "./provider.ts";
import { rawBody } from "./raw-body.ts";
import { rawBodyPrefixed } from "./raw-body-prefixed.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import { timestamped } from "./timestamped.ts";
import { tokens } from "./tokens.ts";
import { urlAndParams } from "./url-and-params.ts";

/** The library: how known providers sign and ask. The first is what is offered where nothing is known of the sender. */
export const providers: readonly Provider[] = [
  ...standardWebhooks,
  ...rawBodyPrefixed,
  ...rawBody,
  ...timestamped,
  ...urlAndParams,
  ...asymmetric,
  ...tokens,
];

const byKey = new Map(providers.map((provider) => [provider.key, provider]));

/** A provider by its key, e.g. `stripe`; null when the library has none. */
export function providerNamed(key: string): Provider | null {
  return byKey.get(key) ?? null;
}

/** The first provider with exactly this recipe, null when it was made by hand. */
export function providerOf(recipe: SignatureRecipe): Provider | null {
  return providers.find((provider) => sameJson(provider.recipe, recipe)) ?? null;
}

/** Key order does not matter: a stored recipe has that of its schema. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return a === b;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && sameJson(value, right.get(key)));
}
