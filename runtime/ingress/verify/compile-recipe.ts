import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { compileDedupeKey } from "./dedupe-key.ts";
import type { Check, Delivery, SigningSecret } from "./delivery.ts";
import { compileHmac, keyBytes } from "./hmac.ts";

/** A recipe made ready for many deliveries: keys prepared, names lower-cased, paths parsed. Holds secrets: never log it. */
export type CompiledRecipe = { check: Check; dedupeKey: (delivery: Delivery) => string | null };

type Kind = SignatureRecipe["kind"];
type RecipeOf<K extends Kind> = Extract<SignatureRecipe, { kind: K }>;
type Verifier<K extends Kind> = {
  compile: (recipe: RecipeOf<K>, secrets: SigningSecret[]) => Check;
  keyBytes: (recipe: RecipeOf<K>, secret: string) => Uint8Array | null;
};

const verifiers: { [K in Kind]: Verifier<K> } = { hmac: { compile: compileHmac, keyBytes } };

/** Compiles a recipe with its current and previous secrets. Throws `invalid_document` when a dedupe path cannot be read. */
export function compileRecipe(recipe: SignatureRecipe, secrets: SigningSecret[]): CompiledRecipe {
  return { check: verifiers[recipe.kind].compile(recipe, secrets), dedupeKey: compileDedupeKey(recipe) };
}

/** What is wrong with a secret for this recipe, for whoever sets it; null when it can verify deliveries. */
export function secretProblem(recipe: SignatureRecipe, secret: string): string | null {
  if (secret.trim() === "") return "the secret is empty";
  if (verifiers[recipe.kind].keyBytes(recipe, secret) !== null) return null;
  const { stripPrefix, decode } = recipe.secret;
  const after = stripPrefix === "" ? "" : ` after "${stripPrefix}"`;
  return decode === "utf8" ? `the secret has nothing${after}` : `the secret must be ${decode}${after}`;
}
