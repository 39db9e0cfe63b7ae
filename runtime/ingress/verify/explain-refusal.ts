import type { RefusalReason, SignatureRecipe, SignedPart } from "../../../shared/event/signature-recipe.ts";

/**
 * A refusal as a sentence for operators: which header and rule, and what to check. Never holds a secret or a value that was sent.
 * `header`: the header at fault, when the refusal named it.
 */
export function explainRefusal(reason: RefusalReason, recipe: SignatureRecipe, header: string | null = null): string {
  const signature = recipe.signature.header;
  switch (reason) {
    case "secret_missing":
      return `This hook has no usable secret: ${secretRule(recipe)}. Set the provider's current secret.`;
    case "missing_header":
      return header === null
        ? `A header is missing or empty; the recipe needs ${headersOf(recipe).join(", ")}. Check that a proxy does not remove it.`
        : `The header ${header} is missing or empty. Check that the provider signs its deliveries and that no proxy removes it.`;
    case "duplicate_header":
      return `The header ${signature} was sent more than once, so it is not clear which value counts. Check proxies that add headers.`;
    case "header_too_long":
      return `The header ${header ?? signature} is longer than 4 KB, more than any signature needs. The sender is probably not the provider.`;
    case "bad_prefix":
      return `The value of ${signature} does not start with "${recipe.signature.valuePrefix}". Check the value prefix and the scheme that the provider uses.`;
    case "bad_encoding":
      return `The value of ${signature} is not the ${recipe.encoding} text of one ${recipe.algorithm} signature. Check the encoding, the algorithm and the value prefix.`;
    case "bad_timestamp":
      return `${timestampHeader(recipe)} must be a whole number of ${timeUnit(recipe)}. Check which header carries the time.`;
    case "timestamp_too_old":
      return `${timestampHeader(recipe)} is older than ${seconds(recipe.timestamp?.tolerancePastMs)}. Check this server's clock, the unit (${timeUnit(recipe)}), and whether an old delivery was sent again.`;
    case "timestamp_in_future":
      return `${timestampHeader(recipe)} is more than ${seconds(recipe.timestamp?.toleranceFutureMs)} ahead. Check this server's clock and the unit (${timeUnit(recipe)}).`;
    case "signature_mismatch":
      return `The value of ${signature} is no ${recipe.algorithm} signature of ${contentOf(recipe)} with any current secret. Check the secret (${secretRule(recipe)}) and the order of the signed content.`;
  }
}

function secretRule(recipe: SignatureRecipe): string {
  const { stripPrefix, decode } = recipe.secret;
  const prefix = stripPrefix === "" ? "" : ` after "${stripPrefix}"`;
  return decode === "utf8" ? `it is used as written${prefix}` : `it must be ${decode}${prefix}`;
}

function headersOf(recipe: SignatureRecipe): string[] {
  const signed = recipe.signedContent.flatMap((part) => (part.part === "header" ? [part.name] : []));
  const timestamp = recipe.timestamp === undefined ? [] : [recipe.timestamp.header];
  return [...new Set([recipe.signature.header, ...timestamp, ...signed, ...recipe.requiredHeaders])];
}

function contentOf(recipe: SignatureRecipe): string {
  return recipe.signedContent.map(partName).join(" + ");
}

function partName(part: SignedPart): string {
  switch (part.part) {
    case "literal":
      return JSON.stringify(part.text);
    case "header":
      return `the header ${part.name}`;
    case "timestamp":
      return "the timestamp";
    case "body":
      return "the raw body";
  }
}

function timestampHeader(recipe: SignatureRecipe): string {
  return recipe.timestamp === undefined ? "The timestamp" : `The timestamp in ${recipe.timestamp.header}`;
}

function timeUnit(recipe: SignatureRecipe): string {
  return recipe.timestamp?.unit === "ms" ? "milliseconds" : "seconds";
}

function seconds(toleranceMs = 0): string {
  return `${toleranceMs / 1_000} s`;
}
