import { describeContent, describePlace, describePlaces } from "../../../shared/event/describe-recipe.ts";
import type { RefusalReason, SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import type { SecretRule } from "./secret-bytes.ts";

/**
 * A refusal as a sentence for operators: which header and rule, and what to check. Never holds a secret or a value that was sent.
 * `header`: the header at fault, when the refusal named it.
 */
export function explainRefusal(reason: RefusalReason, recipe: SignatureRecipe, header: string | null = null): string {
  const signature = signaturePlaces(recipe);
  switch (reason) {
    case "secret_missing":
      return `This hook has no usable secret: ${secretRule(recipe)}. Set the provider's current secret.`;
    case "missing_header":
      return header === null
        ? `A header is missing or empty; the recipe needs ${headersOf(recipe).join(", ")}. Check that a proxy does not remove it.`
        : `The header ${header} is missing or empty. Check that the provider signs its deliveries and that no proxy removes it.`;
    case "missing_value":
      return `A value that the recipe needs is missing or empty: ${neededValues(recipe)}. Check the provider's scheme and that nothing on the way changes the URL or the body.`;
    case "wrong_content_type":
      return `The content type is none of ${recipe.contentTypes?.join(", ") ?? "those that are taken"}. Check how the provider is set up to send.`;
    case "duplicate_header":
      return `The value of ${header ?? signature} was sent more than once, so it is not clear which value counts. Check proxies that add headers.`;
    case "header_too_long":
      return `The value of ${header ?? signature} is longer than 4 KB, more than any signature needs. The sender is probably not the provider.`;
    case "too_many_items":
      return `The value of ${header ?? signature} holds more than 20 signatures, or its form more than 5,000 fields: more than any provider sends.`;
    case "bad_prefix":
      return `The value of ${header ?? signature} ${prefixRule(recipe)}. Check the value prefix and the scheme that the provider uses.`;
    case "bad_encoding":
      return `The value of ${header ?? signature} is not ${encodingRule(recipe)}. Check the encoding, the algorithm and the value prefix.`;
    case "bad_timestamp":
      return `${timestampPlace(recipe)} must be ${timeRule(recipe)}. Check which header carries the time.`;
    case "timestamp_too_old":
      return `${timestampPlace(recipe)} is older than ${seconds(pastMs(recipe))}. Check this server's clock, the unit (${timeUnit(recipe)}), and whether an old delivery was sent again.`;
    case "timestamp_in_future":
      return `${timestampPlace(recipe)} is more than ${seconds(futureMs(recipe))} ahead. Check this server's clock and the unit (${timeUnit(recipe)}).`;
    case "signature_mismatch":
      return `The value of ${header ?? signature} is no ${algorithmOf(recipe)} signature of ${contentOf(recipe)} with any current secret. Check the secret (${secretRule(recipe)}) and the order of the signed content.`;
    case "body_hash_mismatch":
      return "The hash of the body that was sent beside it is not that of the body as it came. Something on the way has changed the body.";
    case "token_mismatch":
      return `The value of ${header ?? signature} is not the current secret. Check the secret (${secretRule(recipe)}).`;
    case "bad_token":
      return `The value of ${header ?? signature} is no token that the recipe takes: it must be a JWT signed with ${algorithmOf(recipe)}${claimsRule(recipe)}.`;
    case "certificate_refused":
      return "The delivery names a certificate that is not taken: its URL must be https on a host of the recipe's list, and the certificate a valid one.";
    case "certificate_unavailable":
      return "The provider's certificate could not be fetched just now, so the signature could not be checked.";
    case "batch_unreadable":
      return `The body holds no list of events at ${recipe.batch?.path || "its top"}, or one of more than ${recipe.batch?.maxItems ?? 1_000} events.`;
    case "challenge_refused":
      return "The request asks for the answer to a challenge, but does not meet what is asked of it first.";
  }
}

function signaturePlaces(recipe: SignatureRecipe): string {
  return "signature" in recipe ? describePlaces(recipe.signature.places) : "authorization";
}

function secretRule(recipe: SignatureRecipe): string {
  switch (recipe.kind) {
    case "basic":
      return "it must be user:password";
    case "url-secret":
      return "the hook URL is the secret";
    case "jwt":
      return recipe.algorithm.startsWith("HS") ? decoding(recipe.secret) : `it must be a public key for ${recipe.algorithm}`;
    case "ed25519":
    case "ecdsa":
    case "rsa":
      return recipe.kind === "rsa" && recipe.certificate
        ? "it stands in the signed content"
        : "it must be the provider's public key";
    case "hmac":
    case "hash":
    case "token":
      return decoding(recipe.secret);
  }
}

function decoding({ stripPrefix, decode }: SecretRule): string {
  const prefix = stripPrefix === "" ? "" : ` after "${stripPrefix}"`;
  return decode === "utf8" ? `it is used as written${prefix}` : `it must be ${decode}${prefix}`;
}

function headersOf(recipe: SignatureRecipe): string[] {
  const signed = "signedContent" in recipe ? recipe.signedContent : [];
  const places = "signature" in recipe ? recipe.signature.places : [];
  const from = "timestamp" in recipe ? recipe.timestamp?.from : undefined;
  const names = [
    ...(recipe.kind === "basic" ? ["Authorization"] : []),
    ...places.flatMap((place) => (place.in === "header" ? [place.name] : [])),
    ...(from?.in === "header" ? [from.name] : []),
    ...signed.flatMap((part) => (part.part === "header" ? [part.name] : [])),
    ...recipe.requiredHeaders,
  ];
  return [...new Set(names)];
}

function neededValues(recipe: SignatureRecipe): string {
  const signed = "signedContent" in recipe ? recipe.signedContent.filter(({ part }) => part === "value" || part === "query") : [];
  const rest = signed.length === 0 ? "" : `; it signs ${describeContent(signed)}`;
  return `the signature is in ${signaturePlaces(recipe)}${rest}`;
}

function prefixRule(recipe: SignatureRecipe): string {
  if (!("signature" in recipe)) return `does not start with "Basic"`;
  const { list, valuePrefix } = recipe.signature;
  if (list?.keys) return `holds no item named ${list.keys.join(" or ")}`;
  return list ? `holds no item that starts with "${valuePrefix}"` : `does not start with "${valuePrefix}"`;
}

function encodingRule(recipe: SignatureRecipe): string {
  if (!("encoding" in recipe)) return "base64 of user:password";
  return `the ${recipe.encoding} text of one ${algorithmOf(recipe)} signature`;
}

function algorithmOf(recipe: SignatureRecipe): string {
  return "algorithm" in recipe ? recipe.algorithm : recipe.kind;
}

function claimsRule(recipe: SignatureRecipe): string {
  if (recipe.kind !== "jwt") return "";
  const issuer = recipe.issuer === undefined ? "" : `, issued by ${recipe.issuer}`;
  return recipe.audience === undefined ? issuer : `${issuer}, meant for ${recipe.audience}`;
}

function contentOf(recipe: SignatureRecipe): string {
  return "signedContent" in recipe ? describeContent(recipe.signedContent) : "its claims";
}

function timestampPlace(recipe: SignatureRecipe): string {
  const from = "timestamp" in recipe ? recipe.timestamp?.from : undefined;
  if (recipe.kind === "jwt") return "The time in the token";
  if (from === undefined) return "The timestamp";
  return `The timestamp in ${from.in === "signature" ? `the signature's field ${from.name}` : from.in === "header" ? from.name : describePlace(from)}`;
}

function unitOf(recipe: SignatureRecipe): "s" | "ms" | "iso8601" {
  return ("timestamp" in recipe ? recipe.timestamp?.unit : undefined) ?? "s";
}

function timeUnit(recipe: SignatureRecipe): string {
  return { s: "seconds", ms: "milliseconds", iso8601: "ISO 8601" }[unitOf(recipe)];
}

function timeRule(recipe: SignatureRecipe): string {
  return unitOf(recipe) === "iso8601" ? "a time in ISO 8601 with its zone" : `a whole number of ${timeUnit(recipe)}`;
}

function pastMs(recipe: SignatureRecipe): number {
  return recipe.kind === "jwt" ? recipe.maxAgeMs : "timestamp" in recipe ? (recipe.timestamp?.tolerancePastMs ?? 0) : 0;
}

function futureMs(recipe: SignatureRecipe): number {
  return recipe.kind === "jwt" ? 300_000 : "timestamp" in recipe ? (recipe.timestamp?.toleranceFutureMs ?? 0) : 0;
}

function seconds(toleranceMs: number): string {
  return `${toleranceMs / 1_000} s`;
}
