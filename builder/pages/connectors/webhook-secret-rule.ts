import type { IncomingWebhook } from "../../../shared/connector/incoming-webhook.ts";
import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";

/** Some senders prove themselves without a secret of ours. */
export function takesSecret(recipe: SignatureRecipe | undefined): boolean {
  return recipe !== undefined && recipe.kind !== "url-secret" && !(recipe.kind === "rsa" && recipe.certificate !== undefined);
}

/** Is there one secret for all subscriptions, which is set on the connector? */
export function needsOwnSecret({ recipe, secretOrigin }: Pick<IncomingWebhook, "recipe" | "secretOrigin">): boolean {
  return secretOrigin === "definition" && takesSecret(recipe);
}
