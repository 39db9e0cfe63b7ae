import type { SecretDecoding } from "../../../shared/event/signature-recipe.ts";
import { decodeStrict } from "./constant-time.ts";

export type SecretRule = { stripPrefix: string; decode: SecretDecoding };

/** The bytes that a secret's text stands for, by the recipe's stated rule; null when there are none in it. */
export function secretBytes({ stripPrefix, decode }: SecretRule, secret: string): Buffer | null {
  const text = secret.startsWith(stripPrefix) ? secret.slice(stripPrefix.length) : secret;
  if (text.trim() === "") return null;
  return decode === "utf8" ? Buffer.from(text, "utf8") : decodeStrict(text, decode);
}

/** What a secret must be, for whoever sets it. */
export function secretWords({ stripPrefix, decode }: SecretRule): string {
  const after = stripPrefix === "" ? "" : ` after "${stripPrefix}"`;
  return decode === "utf8" ? `the secret has nothing${after}` : `the secret must be ${decode}${after}`;
}
