import type { Place } from "./place.ts";
import type { SignatureRecipe, SignedPart } from "./signature-recipe.ts";

/** A recipe in a few words, e.g. `HMAC SHA256, hex, in x-hub-signature-256`. */
export function describeRecipe(recipe: SignatureRecipe): string {
  switch (recipe.kind) {
    case "hmac":
      return `HMAC ${recipe.algorithm.toUpperCase()}, ${recipe.encoding}, in ${describePlaces(recipe.signature.places)}`;
    case "hash":
      return `${recipe.algorithm.toUpperCase()} with the secret, ${recipe.encoding}, in ${describePlaces(recipe.signature.places)}`;
    case "ed25519":
      return `Ed25519, ${recipe.encoding}, in ${describePlaces(recipe.signature.places)}`;
    case "ecdsa":
      return `ECDSA ${recipe.algorithm.toUpperCase()}, ${recipe.encoding}, in ${describePlaces(recipe.signature.places)}`;
    case "rsa": {
      const by = recipe.certificate ? " by certificate" : "";
      return `RSA ${recipe.algorithm.toUpperCase()}${by}, ${recipe.encoding}, in ${describePlaces(recipe.signature.places)}`;
    }
    case "jwt":
      return `JWT ${recipe.algorithm} in ${describePlaces(recipe.signature.places)}`;
    case "token":
      return `shared token in ${describePlaces(recipe.signature.places)}`;
    case "basic":
      return "user name and password (Basic)";
    case "url-secret":
      return "no signature: the hook URL itself is the secret";
  }
}

/** Where values are, e.g. `x-signature` or `x-signature or the query parameter sig`. */
export function describePlaces(places: readonly Place[]): string {
  return places.map(describePlace).join(" or ");
}

/** A header by its name alone, since most values are there. */
export function describePlace(place: Place): string {
  switch (place.in) {
    case "header":
      return place.name;
    case "query":
      return `the query parameter ${place.name}`;
    case "form":
      return `the form field ${place.name}`;
    case "body":
      return `${place.path} of the body`;
  }
}

/** What is signed, e.g. `the timestamp + "." + the raw body`. */
export function describeContent(parts: readonly SignedPart[]): string {
  return parts.map(describePart).join(" + ");
}

function describePart(part: SignedPart): string {
  switch (part.part) {
    case "literal":
      return JSON.stringify(part.text);
    case "header":
      return `the header ${part.name}`;
    case "query":
      return `the query parameter ${part.name}`;
    case "value":
      return `${part.path} of the body`;
    case "field":
      return `the signature's field ${part.name}`;
    case "timestamp":
      return "the timestamp";
    case "body":
      return "the raw body";
    case "method":
      return "the method";
    case "url":
      return part.forms[0] === "as-is" ? "the hook URL" : `the hook URL (${part.forms.join(", ")})`;
    case "form-sorted":
      return "the sorted fields of the form";
    case "secret":
      return "the secret";
    case "body-hash":
      return `the ${part.algorithm} of the body in ${part.encoding}`;
    case "body-crc32":
      return "the CRC-32 of the body";
  }
}
