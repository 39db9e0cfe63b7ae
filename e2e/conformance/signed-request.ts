import type { KeyObject } from "node:crypto";
import { signDelivery } from "../../runtime/ingress/verify/sign-delivery.ts";
import { AppError } from "../../shared/app-error.ts";
import { providerNamed } from "../../shared/event/providers/providers.ts";
import type { SignatureRecipe } from "../../shared/event/signature-recipe.ts";

/** A request as a provider sends it; lower-case header names. */
export type SignedRequest = { method: string; url: string; headers: Record<string, string>; body: string };
/** `at`: ms. `id`: of the event; another event has another. `secret`: what signs, of an asymmetric kind the name of a key pair. */
export type ToSign = { body: string; at: number; id: string; secret: string };

/** A provider's own code: it signs, or it verifies what we sign by the recipe. */
export type Signer = {
  provider: string;
  /** Two secrets; the first signs. */
  secrets: [string, string];
  body(input: { at: number; id: string }): string;
  sign(input: ToSign): SignedRequest | Promise<SignedRequest>;
  /** Where the provider's code only verifies. Throwing is refusing. */
  accepts?(request: SignedRequest, secret: string): unknown;
  /** What a secret is verified with, where it is not itself. */
  publicKey?(secret: string): string;
  /** PEM, where the delivery names a certificate. */
  certificate?: string;
  /** Changes what is signed; left out: one letter of the body. */
  tamper?(request: SignedRequest): SignedRequest;
};

/** The id of the hook that all post to. */
export const hookId = `hook_${"1".repeat(27)}`;
/** As the test server knows itself, so that what is signed with its URL can be posted to it. */
export const url = `http://patchbay.example/hooks/${hookId}`;
/** The default body: compact JSON whose event has an id. */
export const jsonBody = ({ id }: { id: string }) => JSON.stringify({ id, name: "Zoë", amount: 10 });

export function recipeOf(provider: string): SignatureRecipe {
  const found = providerNamed(provider);
  if (!found) throw new AppError("internal", `the library has no provider ${provider}`);
  return found.recipe;
}

/** A POST of JSON with these headers. */
export function post(body: string, headers: Record<string, string>): SignedRequest {
  return { method: "POST", url, headers: { "content-type": "application/json", ...headers }, body };
}

/** Signs by the library's recipe, for providers whose code only verifies. */
export function byRecipe(
  provider: string,
  { body, at, id }: Omit<ToSign, "secret">,
  key: string | KeyObject,
  more: object = {},
): SignedRequest {
  const request = post(body, {});
  const signed = signDelivery({ ...recipeOf(provider), ...more }, key, { ...request, body: Buffer.from(body), id }, at);
  if (!signed) throw new AppError("internal", `${provider} cannot be signed by its recipe`);
  return { ...request, ...signed };
}
