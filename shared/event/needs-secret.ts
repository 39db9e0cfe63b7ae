import type { SignatureRecipe } from "./signature-recipe.ts";

/** Does this recipe verify with a secret or key of the hook's own? Else the URL or a certificate does. */
export function needsSecret(recipe: SignatureRecipe): boolean {
  if (recipe.kind === "rsa" && recipe.certificate) return recipe.signedContent.some(({ part }) => part === "secret");
  return recipe.kind !== "url-secret";
}
